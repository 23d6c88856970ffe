import type { DatasetGroup } from '../../../src/shard/dataset-group.ts';

export const foundation: DatasetGroup = {
  kind: 'phase',
  name: 'foundation',
  folder: 'phases/1-foundation',
  description: 'Technical personas first',
  personas: ['code_expert', 'problem_solver'],
  trainRows: 90,
  validationRows: 10,
  learningRate: 2e-5,
  warmupRatio: 0.1,
  epochs: 1,
  lora: null,
};

export const mixed: DatasetGroup = {
  ...foundation,
  name: 'mixed',
  folder: 'phases/2-mixed',
  personas: 'all',
  trainRows: 200,
  validationRows: 0,
  learningRate: 5e-6,
  warmupRatio: 0.03,
  epochs: 2,
};

export const techAdapter: DatasetGroup = {
  ...foundation,
  kind: 'adapter',
  name: 'tech_expert',
  folder: 'adapters/tech_expert',
  learningRate: null,
  lora: { r: 16, alpha: 32, dropout: 0.05, targetModules: ['q_proj', 'v_proj'] },
};

export const emptyAdapter: DatasetGroup = {
  ...techAdapter,
  name: 'esoteric',
  folder: 'adapters/esoteric',
  trainRows: 0,
  validationRows: 0,
};
