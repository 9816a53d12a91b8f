export interface EmbeddedOptions {
  /** folder that holds everything; created when missing */
  readonly dataFolder: string;
  /** one line of progress, in Chinese */
  readonly log?: (line: string) => void;
  /** true only for data that may be lost: no fsync */
  readonly isThrowaway?: boolean;
}

export interface Embedded {
  /** for openStore; of a Unix socket */
  readonly url: string;
  /** true when the cluster was created by this call */
  readonly isNew: boolean;
  /** ends this process's use; the last user stops the server */
  stop(): Promise<void>;
}

/** Starts, or joins, the PostgreSQL of a data folder. */
export async function startEmbedded(_options: EmbeddedOptions): Promise<Embedded> {
  throw new Error("not written yet");
}
