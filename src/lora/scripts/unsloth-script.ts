import { chatTemplate, commonArguments, header, loadRows } from './python-parts.ts';
import type { ScriptOptions } from './script-options.ts';

/** A script for unsloth: 4 bits, its own kernels and checkpoints; loss of the replies only, whatever the model's chat template. */
export function renderUnslothScript(options: ScriptOptions): string {
  const file = `train_${options.name}_unsloth.py`;
  return [
    ...header(options, `LoRA adapter ${options.name}, ${options.mode} mode, with unsloth.`, [
      'pip install unsloth',
      `python ${file}`,
    ]),
    '',
    ...commonArguments(options),
    'args = parser.parse_args()',
    '',
    'from unsloth import FastLanguageModel  # first: it patches what follows',
    'from unsloth.chat_templates import train_on_responses_only',
    'from datasets import load_dataset',
    'from trl import SFTConfig, SFTTrainer',
    '',
    ...chatTemplate,
    '',
    '',
    ...loadRows(options),
    '',
    '',
    ...turnMarks,
    '',
    '',
    ...train,
    '',
  ].join('\n');
}

const turnMarks = [
  'def turn_marks(tokenizer):',
  '    """What the chat template puts before a user turn and before a reply."""',
  '    said = ["first question", "first reply", "second question", "second reply"]',
  '    messages = [{"role": ("user", "assistant")[i % 2], "content": text} for i, text in enumerate(said)]',
  '    text = tokenizer.apply_chat_template(messages, tokenize=False)',
  '    between = lambda a, b: text[text.index(a) + len(a) : text.index(b)]',
  '    return between(said[1], said[2]), between(said[2], said[3])',
];

const train = [
  'def main():',
  '    model, tokenizer = FastLanguageModel.from_pretrained(',
  '        model_name=args.base_model, max_seq_length=MAX_LENGTH, dtype=None, load_in_4bit=True',
  '    )',
  '    if tokenizer.chat_template is None:',
  '        tokenizer.chat_template = CHATML',
  '    model = FastLanguageModel.get_peft_model(',
  '        model, r=args.lora_r, lora_alpha=LORA_ALPHA, lora_dropout=LORA_DROPOUT, target_modules=TARGET_MODULES,',
  '        bias="none", use_gradient_checkpointing="unsloth", random_state=SEED,',
  '    )',
  '    rows, validation = load_rows(args.data)',
  '',
  '    def to_text(row):',
  '        messages = [{key: value for key, value in message.items() if value is not None} for message in row["messages"]]',
  '        return {"text": tokenizer.apply_chat_template(messages, tokenize=False)}',
  '',
  '    trainer = SFTTrainer(',
  '        model=model,',
  '        processing_class=tokenizer,',
  '        train_dataset=rows.map(to_text, remove_columns=rows.column_names),',
  '        eval_dataset=validation.map(to_text, remove_columns=validation.column_names) if validation is not None else None,',
  '        args=SFTConfig(',
  '            output_dir=str(args.output), dataset_text_field="text", max_length=MAX_LENGTH, num_train_epochs=args.epochs,',
  '            max_steps=args.max_steps, per_device_train_batch_size=args.batch_size, gradient_accumulation_steps=ACCUMULATION,',
  '            learning_rate=LEARNING_RATE, lr_scheduler_type="cosine", warmup_steps=5, optim="adamw_8bit",',
  '            eval_strategy="epoch" if validation is not None else "no", save_strategy="no", logging_steps=10, report_to="none", seed=SEED,',
  '        ),',
  '    )',
  '    instruction_part, response_part = turn_marks(tokenizer)',
  '    trainer = train_on_responses_only(trainer, instruction_part=instruction_part, response_part=response_part)',
  '    result = trainer.train()',
  '    model.save_pretrained(str(args.output))',
  '    tokenizer.save_pretrained(str(args.output))',
  '    print(f"{NAME}: {result.global_step} steps, training loss {result.training_loss:.4f}; adapter in {args.output}")',
  '',
  '',
  'if __name__ == "__main__":',
  '    main()',
];
