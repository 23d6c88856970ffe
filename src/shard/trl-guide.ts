import type { LoraSettings } from './dataset-group.ts';
import type { TrainerOptions, TrainerRun } from './trainer-configs.ts';

/** `trl.md`: a script for TRL's SFTTrainer with the runs of the main mode, their learning rates and LoRA settings filled in. */
export function renderTrlGuide(options: TrainerOptions, runs: readonly TrainerRun[]): string {
  const isChain = runs.some((run) => run.after !== null);
  const order = isChain
    ? 'The phases run one after the other, each from the weights of the one before.'
    : 'Each run starts from the base model and leaves an adapter of its own.';
  return [
    '# Training with TRL\n',
    `${order} \`trl\`, \`peft\` and \`datasets\` must be installed; run it in the folder of this dataset. The rows stand in a deliberate order, so the sampler is sequential.\n`,
    '```python',
    ...script(options, runs, isChain),
    '```\n',
  ].join('\n');
}

function script(options: TrainerOptions, runs: readonly TrainerRun[], isChain: boolean): string[] {
  const hasLora = runs.some((run) => run.lora !== null);
  return [
    'from datasets import load_dataset',
    ...(hasLora ? ['from peft import LoraConfig'] : []),
    'from torch.utils.data import SequentialSampler',
    'from transformers import AutoModelForCausalLM',
    'from trl import SFTConfig, SFTTrainer',
    '',
    'class InOrder(SFTTrainer):',
    '    def _get_train_sampler(self, *args, **kwargs):',
    '        return SequentialSampler(self.train_dataset)',
    '',
    ...prepare(options),
    '',
    'runs = [',
    ...runs.map((run) => `    ${runTuple(run)},`),
    ']',
    ...(isChain ? [`model = AutoModelForCausalLM.from_pretrained(${python(options.baseModel)})`] : []),
    ...(isChain && hasLora ? ['peft = runs[0][4]'] : []),
    'for name, learning_rate, warmup, epochs, lora in runs:',
    '    rows = load_dataset(".", name).map(prepare)',
    ...(isChain ? [] : [`    model = AutoModelForCausalLM.from_pretrained(${python(options.baseModel)})`]),
    '    trainer = InOrder(',
    '        model=model,',
    '        args=SFTConfig(',
    '            output_dir=f"out/{name}", learning_rate=learning_rate, warmup_ratio=warmup, num_train_epochs=epochs,',
    `            per_device_train_batch_size=${options.batchSize}, gradient_accumulation_steps=${options.gradientAccumulationSteps},`,
    `            max_length=${options.maxSequenceLength}, lr_scheduler_type=${python(options.scheduler)}, optim=${python(options.optimizer)},`,
    `            weight_decay=${options.weightDecay}, bf16=${python(options.bf16)}, fp16=${python(options.fp16)}, seed=${options.seed},`,
    '        ),',
    '        train_dataset=rows["train"],',
    '        eval_dataset=rows.get("validation"),',
    ...(hasLora ? [`        peft_config=${isChain ? 'peft' : 'lora'},`] : []),
    '    )',
    '    trainer.train()',
    '    trainer.save_model()',
    ...(isChain
      ? [
          '    model = trainer.model',
          ...(hasLora ? ['    peft = None  # the next phase goes on with the same LoRA'] : []),
        ]
      : []),
  ];
}

/** SFTTrainer reads `messages`, or `prompt` and `completion`. */
function prepare({ format }: TrainerOptions): string[] {
  if (format === 'alpaca') {
    return [
      'def prepare(row):',
      '    prompt = row["instruction"] + ("\\n\\n" + row["input"] if row["input"] else "")',
      '    return {"prompt": [{"role": "user", "content": prompt}], "completion": [{"role": "assistant", "content": row["output"]}]}',
    ];
  }
  return [
    'def prepare(row):  # Parquet fills absent fields with null, chat templates want them absent',
    '    return {"messages": [{key: value for key, value in message.items() if value is not None} for message in row["messages"]]}',
  ];
}

function runTuple({ group, lora }: TrainerRun): string {
  const rate = group.learningRate ?? defaultLearningRate;
  return `(${python(group.name)}, ${rate}, ${group.warmupRatio}, ${group.epochs}, ${lora ? loraConfig(lora) : 'None'})`;
}

/** SFTConfig's own default, which a group without a rate gets. */
const defaultLearningRate = 2e-5;

function loraConfig({ r, alpha, dropout, targetModules }: LoraSettings): string {
  return `LoraConfig(r=${r}, lora_alpha=${alpha}, lora_dropout=${dropout}, target_modules=${JSON.stringify(targetModules)}, task_type="CAUSAL_LM")`;
}

function python(value: string | boolean): string {
  return typeof value === 'string' ? JSON.stringify(value) : value ? 'True' : 'False';
}
