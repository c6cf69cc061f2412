import type {
  LoadedModel,
  ModelVersion,
  Work,
} from '@ai-assurance/example-digit-reader';
import type { ServiceMetrics } from './serviceMetrics';

/** A version that is loaded and ready to take traffic. */
export interface ServedVersion {
  version: string;
  digest: string;
  model: LoadedModel;
  metrics: ServiceMetrics;
  /** What this version asks for, for one answer. */
  work: Work;
}

/** A change of the version that takes the traffic. */
export interface Switch {
  from: ServedVersion;
  to: ServedVersion;
  cause: 'release' | 'rollback';
  atMs: number;
}

/** Which of the loaded versions takes the traffic: all of it, from one request to the next. */
export class LiveVersion {
  readonly #versions: ServedVersion[];
  readonly #nowMs: () => number;
  readonly #onSwitch: (change: Switch) => void;
  #live: ServedVersion;
  #asked: string;

  /** The first version takes the traffic. */
  constructor(
    versions: ServedVersion[],
    deps: { nowMs: () => number; onSwitch: (change: Switch) => void },
  ) {
    this.#versions = versions;
    this.#live = versions[0];
    this.#asked = versions[0].version;
    this.#nowMs = deps.nowMs;
    this.#onSwitch = deps.onSwitch;
  }

  get current(): ServedVersion {
    return this.#live;
  }

  /** What the scenario asks for. Only a change of it counts: a version that was taken back does not come by itself. */
  follow(version: string): void {
    if (version === this.#asked) return;
    this.#asked = version;
    if (version !== this.#live.version) this.switchTo(version, 'release');
  }

  /** Puts a version in place of the one that is live; `false` when it is not loaded. */
  switchTo(version: string, cause: Switch['cause']): boolean {
    const to = this.#versions.find(one => one.version === version);
    if (!to) return false;
    const from = this.#live;
    if (from === to) return true;
    this.#live = to;
    this.#onSwitch({ from, to, cause, atMs: this.#nowMs() });
    return true;
  }
}

/** The file of a version with what it asks for, before it is loaded. */
export interface Plan {
  version: ModelVersion;
  work: Work;
}
