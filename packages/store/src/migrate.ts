export interface MigrationReport {
  /** names of the migrations applied now, e.g. "0001_districts" */
  readonly applied: readonly string[];
  readonly total: number;
}
