import { z } from 'zod';

import { rateSchema } from './values.ts';

const names = z.array(z.string());
const share = z.number().min(0).max(1);

export const phaseSchema = z.strictObject({
  epochs: z.number().positive().default(1).describe('Epochs, carried into the trainer files.'),
  description: z.string().default('').describe('Shown in the dataset card.'),
  persona_focus: z
    .union([z.literal('all'), names.min(1)])
    .describe('Personas of the phase, or all. A persona that no focus names follows its parent.'),
  warmup_ratio: z.number().min(0).max(1).optional().describe('Carried into the trainer files.'),
  learning_rate: rateSchema.optional().describe('Carried into the trainer files.'),
});

const curriculumSchema = z
  .object({
    mode: z
      .enum(['view', 'partition'])
      .default('view')
      .describe(
        'view: a row can stand in its focus phase and in mixed; partition: in exactly one phase, of which at most one takes all.',
      ),
    replay: share
      .default(0)
      .describe('View only: share of earlier phases mixed into each later focus phase.'),
    held_back: share
      .default(0.2)
      .describe('Partition only: hash-chosen share of the rows kept for the phase that takes all.'),
  })
  .catchall(phaseSchema)
  .describe(
    'Phases in order, keyed phase1_foundation, phase2_analytical, …; without any, one phase holds everything.',
  );

const trainingFields = z.strictObject({
  curriculum: curriculumSchema.prefault({}),
  batch_size: z.number().int().positive().default(4).describe('Carried into the trainer files.'),
  gradient_accumulation_steps: z
    .number()
    .int()
    .positive()
    .default(8)
    .describe('Carried into the trainer files.'),
  effective_batch_size: z
    .number()
    .int()
    .positive()
    .optional()
    .describe('Known, not used: it follows from the two above.'),
  optimizer: z.string().default('adamw_torch').describe('Carried into the trainer files.'),
  weight_decay: z.number().min(0).default(0.01).describe('Carried into the trainer files.'),
  adam_beta1: z.number().optional().describe('Known, not used.'),
  adam_beta2: z.number().optional().describe('Known, not used.'),
  adam_epsilon: z.number().optional().describe('Known, not used.'),
  lr_scheduler_type: z.string().default('cosine').describe('Carried into the trainer files.'),
  warmup_ratio: z.number().min(0).max(1).default(0.03).describe('Default of the phases.'),
  max_grad_norm: z.number().optional().describe('Known, not used.'),
  fp16: z.boolean().default(false).describe('Carried into the trainer files.'),
  bf16: z.boolean().optional().describe('Carried into the trainer files. Default: true, false with fp16.'),
  logging_steps: z.number().int().optional().describe('Known, not used.'),
  save_steps: z.number().int().optional().describe('Known, not used.'),
  eval_steps: z.number().int().optional().describe('Known, not used.'),
  evaluation_strategy: z.string().optional().describe('Known, not used.'),
  eval_on_start: z.boolean().optional().describe('Known, not used.'),
});

/** Trainers refuse two precisions at once. */
export const trainingSchema = trainingFields.refine(({ fp16, bf16 }) => !(fp16 && bf16), {
  path: ['bf16'],
  message: 'fp16 and bf16 cannot both be true; leave one out',
});

const loraFields = {
  r: z.number().int().positive().default(16).describe('LoRA rank.'),
  lora_alpha: z.number().positive().default(32).describe('LoRA alpha.'),
  lora_dropout: z.number().min(0).max(1).default(0.05).describe('LoRA dropout.'),
  target_modules: names.default(['q_proj', 'v_proj']).describe('Modules that get an adapter.'),
};

const adapterSchema = z.strictObject({
  personas: names.min(1).describe('Personas of the adapter; others follow their parent, then the taxonomy.'),
  ...loraFields,
});

export const peftSchema = z.strictObject({
  use_peft: z.boolean().default(true).describe('Carried into the trainer files.'),
  method: z.string().default('lora').describe('Carried into the trainer files.'),
  multi_adapter: z
    .boolean()
    .default(false)
    .describe(
      'Chooses which trainer configuration is the main one; adapter shards are written whenever adapters are configured.',
    ),
  adapters: z
    .record(z.string(), adapterSchema)
    .default({})
    .describe(
      'Adapter groups by name (lower-case letters, digits, _ or -); every persona belongs to exactly one.',
    ),
  lora: z
    .strictObject({
      ...loraFields,
      bias: z.string().default('none').describe('Carried into the trainer files.'),
      task_type: z.string().default('CAUSAL_LM').describe('Carried into the trainer files.'),
    })
    .prefault({ r: 32, lora_alpha: 64 })
    .describe('Single-adapter mode.'),
});
