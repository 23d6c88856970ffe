/** A phase or an adapter of the dataset, as the manifest, the card and the trainer files describe it. */
export interface DatasetGroup {
  readonly kind: 'phase' | 'adapter';
  /** Name of its `datasets` configuration. */
  readonly name: string;
  /** Folder inside the dataset: `phases/1-foundation`. */
  readonly folder: string;
  readonly description: string | null;
  readonly personas: readonly string[] | 'all';
  readonly trainRows: number;
  readonly validationRows: number;
  /** null: the trainer's own default. */
  readonly learningRate: number | null;
  /** Share of the steps. */
  readonly warmupRatio: number;
  readonly epochs: number;
  /** Of the adapter; a phase trains the dataset's single LoRA, null here. */
  readonly lora: LoraSettings | null;
}

export interface LoraSettings {
  readonly r: number;
  readonly alpha: number;
  readonly dropout: number;
  readonly targetModules: readonly string[];
}
