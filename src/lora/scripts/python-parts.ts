import { python, type ScriptOptions } from './script-options.ts';

/** Lines that both Python scripts share: constants, arguments, rows. */
export function header(options: ScriptOptions, title: string, usage: readonly string[]): string[] {
  const { settings } = options;
  return [
    '#!/usr/bin/env python3',
    `"""${title}`,
    '',
    ...usage.map((line) => `    ${line}`),
    '"""',
    'import argparse',
    'from pathlib import Path',
    '',
    'HERE = Path(__file__).resolve().parent',
    `NAME = ${python(options.name)}`,
    `BASE_MODEL = ${python(options.baseModel)}`,
    `TARGET_MODULES = ${python(options.targetModules)}`,
    `LORA_R, LORA_ALPHA, LORA_DROPOUT = ${settings.r}, ${settings.alpha}, ${settings.dropout}`,
    `BATCH_SIZE, ACCUMULATION = ${settings.batchSize}, ${settings.accumulation}`,
    `MAX_LENGTH = ${settings.sequenceTokens}`,
    `LEARNING_RATE, EPOCHS, SEED = ${settings.learningRate}, ${settings.epochs}, ${options.seed}`,
  ];
}

export function commonArguments(options: ScriptOptions): string[] {
  const data = options.data.kind === 'files' ? options.data.train : options.data.folder;
  return [
    'parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])',
    'parser.add_argument("--base-model", "--base_model", default=BASE_MODEL)',
    `parser.add_argument("--data", type=Path, default=HERE / ${python(data)})`,
    `parser.add_argument("--output", type=Path, default=HERE / ${python(options.output)})`,
    'parser.add_argument("--epochs", type=float, default=EPOCHS)',
    'parser.add_argument("--batch-size", "--batch_size", type=int, default=BATCH_SIZE)',
    'parser.add_argument("--lora-r", "--lora_r", type=int, default=LORA_R)',
    'parser.add_argument("--max-steps", "--max_steps", type=int, default=-1)',
  ];
}

/** `load_rows(data)` gives train and validation (or None) with the column `messages`. */
export function loadRows({ data }: ScriptOptions): string[] {
  if (data.kind === 'files') {
    return [
      'def load_rows(data):',
      '    """Rows of the training file and of the validation file beside it."""',
      '    files = {"train": str(data)}',
      ...(data.validation === null
        ? []
        : [
            `    validation = data.parent / ${python(data.validation.slice(data.validation.lastIndexOf('/') + 1))}`,
            '    if validation.exists() and validation.stat().st_size > 0:',
            '        files["validation"] = str(validation)',
          ]),
      '    rows = load_dataset("json", data_files=files)',
      '    return rows["train"].select_columns(["messages"]), rows["validation"].select_columns(["messages"]) if "validation" in rows else None',
    ];
  }
  return [
    'def load_rows(data):',
    '    """Rows of one configuration of the dataset."""',
    `    rows = load_dataset(str(data), ${python(data.name)})`,
    ...(data.format === 'alpaca'
      ? [
          '    rows = rows.map(to_messages, remove_columns=rows["train"].column_names)',
          '    return rows["train"], rows.get("validation")',
          '',
          '',
          'def to_messages(row):',
          '    prompt = row["instruction"] + ("\\n\\n" + row["input"] if row["input"] else "")',
          '    return {"messages": [{"role": "user", "content": prompt}, {"role": "assistant", "content": row["output"]}]}',
        ]
      : [
          '    return rows["train"].select_columns(["messages"]), rows["validation"].select_columns(["messages"]) if "validation" in rows else None',
        ]),
  ];
}

/** For base models, whose tokenizer has no template of its own. */
export const chatTemplate: readonly string[] = [
  'CHATML = (',
  `    "{% for message in messages %}{{ '<|im_start|>' + message['role'] + '\\n' + message['content'] + '<|im_end|>\\n' }}{% endfor %}"`,
  `    "{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}"`,
  ')',
];
