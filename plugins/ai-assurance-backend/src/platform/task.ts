/** Work on a clock. The plugin hands it to the Backstage scheduler, which runs it on one replica at a time. */
export interface Task {
  id: string;
  everySeconds: number;
  run(): Promise<void>;
}
