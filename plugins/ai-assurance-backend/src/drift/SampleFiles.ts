import { LoggerService, UrlReaderService } from '@backstage/backend-plugin-api';
import { SubjectAnswers } from '../cohorts';
import { createHostLimiter, createLimiter } from '../platform';
import { FileSource, Monitor } from './core/monitors';
import { ReadFile, readSampleFile, shownUrl } from './files/readSampleFile';
import { SampleReader } from './files/SampleReader';
import { groupSizesOf } from './groupSizes';
import { MonitorDeclarations } from './MonitorDeclarations';
import { SampleStore, StoredSample, wishOf, wishText } from './SampleStore';

const longestEtag = 500;
const usableEtag = (etag: string | undefined) =>
  etag !== undefined && etag.length <= longestEtag ? etag : undefined;

type FileMonitor = Monitor & { source: FileSource };

const isOfFile = (monitor: Monitor): monitor is FileMonitor =>
  monitor.source.kind === 'file';

/** Files are read this often where their monitors say no other. */
const readAfterMs = 15 * 60_000;

/** Files that are read at once, in all and of one host: each takes some memory, and a core while it is folded. */
const mostAtOnce = 4;
const mostOfOneHost = 1;

/** Files that are read at once for people who wait for them. */
const mostAskedAtOnce = 2;

/** A round waits this long for its files; those of slow hosts go on without it. */
const defaultPatienceMs = 60_000;

/** Reads the files of samples that monitors name, and keeps what they hold as histograms. */
export class SampleFiles {
  readonly #samples: SampleStore;
  readonly #subjects: SubjectAnswers;
  readonly #declarations: MonitorDeclarations;
  readonly #urlReader: UrlReaderService;
  readonly #reader: SampleReader;
  readonly #logger: LoggerService;
  readonly #patienceMs: number;
  readonly #hosts = createHostLimiter(mostOfOneHost);
  readonly #all = createLimiter(mostAtOnce);
  readonly #asked = createLimiter(mostAskedAtOnce);
  /** Files that are being read, or wait for it. */
  readonly #underWay = new Set<string>();

  constructor(deps: {
    samples: SampleStore;
    subjects: SubjectAnswers;
    declarations: MonitorDeclarations;
    urlReader: UrlReaderService;
    reader: SampleReader;
    logger: LoggerService;
    patienceMs?: number;
  }) {
    this.#samples = deps.samples;
    this.#subjects = deps.subjects;
    this.#declarations = deps.declarations;
    this.#urlReader = deps.urlReader;
    this.#reader = deps.reader;
    this.#logger = deps.logger;
    this.#patienceMs = deps.patienceMs ?? defaultPatienceMs;
  }

  /**
   * Reads every file that is due, each once for all monitors of a subject that ask it. A file that cannot be read is an
   * answer, and its signals are inconclusive with the reason until it can. Several are read at once, and one of a slow host
   * delays no other: it goes on behind this call. Safe to repeat.
   */
  async readDue(nowMs: number): Promise<void> {
    const kept = new Map<string, ReadonlySet<string>>();
    const groupSizes = groupSizesOf(await this.#subjects.list());
    const begun: Promise<void>[] = [];
    for (const [subject, { declared }] of await this.#declarations.all()) {
      const monitors = (declared?.monitors ?? []).filter(isOfFile);
      kept.set(subject, new Set(monitors.map(({ feature }) => feature)));
      if (monitors.length === 0) continue;
      const known = await this.#samples.ofSubject(subject);
      for (const ofFile of byFile(monitors))
        if (isDue(ofFile, known, nowMs))
          begun.push(
            this.#inTurn(subject, ofFile, () =>
              this.#read(subject, ofFile, known, groupSizes, nowMs),
            ),
          );
    }
    await within(this.#patienceMs, Promise.all(begun));
    await this.#samples.forgetOthers(kept);
  }

  async #inTurn(
    subject: string,
    [{ source }]: readonly FileMonitor[],
    read: () => Promise<void>,
  ): Promise<void> {
    const key = JSON.stringify([
      subject,
      source.url,
      source.format,
      source.delimiter,
    ]);
    // An earlier round is still at it.
    if (this.#underWay.has(key)) return;
    this.#underWay.add(key);
    try {
      await this.#hosts.run(source.url, () => this.#all.run(read));
    } catch (error) {
      this.#logger.error(
        `What the sample file of ${subject} holds could not be kept`,
        error as Error,
      );
    } finally {
      this.#underWay.delete(key);
    }
  }

  /** Reads a file now, for whoever waits for it. Throws an Error that says what is wrong with it. */
  async readNow(
    source: Pick<FileSource, 'url' | 'format' | 'delimiter'>,
    monitor: Monitor,
  ): Promise<ReadFile> {
    const groupSizes = groupSizesOf(await this.#subjects.list());
    const read = await this.#asked.run(() =>
      readSampleFile({
        urlReader: this.#urlReader,
        source,
        wishes: [wishOf(monitor)!],
        groupSizes,
        reader: this.#reader,
      }),
    );
    return read!;
  }

  async #read(
    subject: string,
    monitors: readonly FileMonitor[],
    known: ReadonlyMap<string, StoredSample>,
    groupSizes: ReadonlyMap<string, number>,
    nowMs: number,
  ): Promise<void> {
    const [{ source }] = monitors;
    const before = monitors.map(monitor => {
      const sample = known.get(monitor.feature);
      return sample?.wish === wishText(monitor) ? sample : undefined;
    });
    // Only where every monitor has its answer from that very file may it stay unread.
    const etag = before.every(
      sample => sample?.profile && sample.etag === before[0]?.etag,
    )
      ? before[0]?.etag
      : undefined;
    const base = monitors.map(monitor => ({
      subject,
      feature: monitor.feature,
      wish: wishText(monitor),
      attemptedAtMs: nowMs,
    }));
    try {
      const read = await readSampleFile({
        urlReader: this.#urlReader,
        source,
        wishes: monitors.map(monitor => wishOf(monitor)!),
        groupSizes,
        reader: this.#reader,
        etag,
      });
      await this.#samples.save(
        base.map((one, at) => {
          const last = before[at];
          if (!read) return { ...last!, attemptedAtMs: nowMs };
          const profile = read.profiles[at];
          const { problem } = profile;
          return {
            ...one,
            profile: problem === undefined ? profile : undefined,
            problem:
              problem && problemText(`${shownUrl(source.url)}: ${problem}`),
            etag: usableEtag(read.etag),
            digest: read.digest,
            rowCount: read.rowCount,
            dataAtMs:
              // A host whose clock is ahead does not make data of the future.
              (read.modifiedAtMs && Math.min(read.modifiedAtMs, nowMs)) ??
              (last?.digest === read.digest ? last.dataAtMs : nowMs),
          };
        }),
      );
    } catch (error) {
      const { message } = error as Error;
      this.#logger.warn(
        `A sample file of ${subject} could not be read: ${message}`,
      );
      await this.#samples.save(
        base.map((one, at) => ({
          ...one,
          profile: undefined,
          problem: problemText(message),
          etag: undefined,
          // What was there before is still the same file when it can be read again.
          digest: before[at]?.digest,
          rowCount: undefined,
          dataAtMs: before[at]?.dataAtMs ?? nowMs,
        })),
      );
    }
  }
}

/** Waits for work that never rejects, but no longer than this. */
async function within(ms: number, work: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>(resolve => {
    timer = setTimeout(resolve, ms);
  });
  await Promise.race([work, late]);
  clearTimeout(timer);
}

/** As a database takes it: names in a file may hold anything. */
function problemText(message: string): string {
  return Array.from(message.slice(0, 2000), char =>
    char < ' ' ? ' ' : char,
  ).join('');
}

function isDue(
  monitors: readonly FileMonitor[],
  known: ReadonlyMap<string, StoredSample>,
  nowMs: number,
): boolean {
  return monitors.some(monitor => {
    const sample = known.get(monitor.feature);
    return (
      sample?.wish !== wishText(monitor) ||
      // Ticks come a little early or late: one that is nearly due is due.
      nowMs - sample.attemptedAtMs >= (monitor.everyMs ?? readAfterMs) - 30_000
    );
  });
}

function byFile(monitors: readonly FileMonitor[]): FileMonitor[][] {
  const files = new Map<string, FileMonitor[]>();
  for (const monitor of monitors) {
    const { url, format, delimiter } = monitor.source;
    const key = JSON.stringify([url, format, delimiter]);
    files.set(key, [...(files.get(key) ?? []), monitor]);
  }
  return [...files.values()];
}
