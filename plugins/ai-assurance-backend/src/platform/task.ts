/** Work on a clock. The plugin hands it to the Backstage scheduler, and a lease lets one replica at a time do it. */
export interface Task {
  id: string;
  everySeconds: number;
  run(): Promise<void>;
}
