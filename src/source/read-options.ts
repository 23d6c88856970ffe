/** What a source of the configuration says about its files; everything is found out where it is left out. */
export interface ReadOptions {
  /** Slot (`instruction`, `input`, `output`, `system`, `messages`, `text`, `user`, `assistant`, `group`, `speaker`, `turn`, `tools` …) → column of the file. */
  readonly columns?: Readonly<Record<string, string>>;
  /** Name of an adapter, where the columns alone would be taken for something else. */
  readonly shape?: string;
  /** Bytes a unit aims at; default 4 MiB. */
  readonly unitBytes?: number;
  /** Records looked at to find the shape; default 200. */
  readonly sampleRows?: number;
  /** Keep the columns that the shape does not use as JSON text. */
  readonly keepExtra?: boolean;
}

export const defaultUnitBytes = 4 << 20;
export const defaultSampleRows = 200;
