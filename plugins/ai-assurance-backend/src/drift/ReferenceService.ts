import {
  BodyOf,
  Reference,
} from '@ai-assurance/backstage-plugin-ai-assurance-common';
import { InputError, NotAllowedError, NotFoundError } from '@backstage/errors';
import { SubjectAnswers } from '../cohorts';
import { Ledger } from '../ledger';
import {
  Caller,
  Clock,
  Db,
  Ids,
  Outbox,
  UrlFiles,
  withCode,
} from '../platform';
import { TelemetryAnswers } from '../telemetry';
import { askedOf } from './core/features';
import { histogramDigest } from './core/histogramDigest';
import {
  histogramShape,
  readImportedReference,
} from './core/importedReference';
import { Histogram } from './core/histogram';
import { Monitor } from './core/monitors';
import { SampleProfile } from './core/samples';
import { referenceWindowDraft } from './drafts';
import { DriftStore, StoredReference } from './DriftStore';
import { MonitorDeclarations } from './MonitorDeclarations';
import { shownUrl } from './files/readSampleFile';
import { SampleFiles } from './SampleFiles';
import { SampleStore } from './SampleStore';
import { DriftSettings } from './settings';
import { monitorsOf } from './SignalGatherer';
import { SignalSources } from './SignalSources';

const minuteMs = 60_000;
const longestRangeMs = 7 * 24 * 3_600_000;
const mostListed = 200;

const largestFileBytes = 1024 * 1024;
/** Reports hold much beside histograms. */
const largestReportBytes = 16 * 1024 * 1024;

function wire({
  boundaries,
  bins,
  categories,
  cohortBins,
  reason,
  ...reference
}: StoredReference) {
  return reference satisfies Reference;
}

function refuse(where: string, why: string): never {
  throw withCode(new InputError(`${where}: ${why}`), 'BAD_HISTOGRAM');
}

/** What is recorded names the file and carries no credential. */
function fromUrl<T extends NonNullable<Reference['origin']>>(
  origin: T,
  url: string,
) {
  const originUrl = shownUrl(url);
  return {
    origin,
    originUrl,
    found: (count: number) => `${originUrl} holds ${count} events`,
  };
}

function ofProfile({ whole, cohorts }: SampleProfile) {
  return {
    histogram: whole,
    // Categories of a cohort are those of the whole, bins meet bins; nothing of too few devices goes into a reference.
    cohortBins: Object.fromEntries(
      cohorts
        .filter(({ histogram, count }) => histogram && count > 0)
        .map(({ cohort, histogram }) => [cohort, histogram!.bins]),
    ),
  };
}

const sourceName = ({ source, feature }: Monitor) =>
  source.kind === 'telemetry' ? source.metric : feature;

export class ReferenceService {
  readonly #db: Db;
  readonly #store: DriftStore;
  readonly #clock: Clock;
  readonly #ids: Ids;
  readonly #outbox: Outbox;
  readonly #ledger: Ledger;
  readonly #subjects: SubjectAnswers;
  readonly #telemetry: TelemetryAnswers;
  readonly #settings: DriftSettings;
  readonly #sources: SignalSources;
  readonly #declarations: MonitorDeclarations;
  readonly #urlFiles: UrlFiles;
  readonly #samples: SampleStore;
  readonly #files: SampleFiles;

  constructor(options: {
    db: Db;
    store: DriftStore;
    clock: Clock;
    ids: Ids;
    outbox: Outbox;
    ledger: Ledger;
    subjects: SubjectAnswers;
    telemetry: TelemetryAnswers;
    settings: DriftSettings;
    sources: SignalSources;
    declarations: MonitorDeclarations;
    urlFiles: UrlFiles;
    samples: SampleStore;
    files: SampleFiles;
  }) {
    this.#db = options.db;
    this.#store = options.store;
    this.#clock = options.clock;
    this.#ids = options.ids;
    this.#outbox = options.outbox;
    this.#ledger = options.ledger;
    this.#subjects = options.subjects;
    this.#telemetry = options.telemetry;
    this.#settings = options.settings;
    this.#sources = options.sources;
    this.#declarations = options.declarations;
    this.#urlFiles = options.urlFiles;
    this.#samples = options.samples;
    this.#files = options.files;
  }

  /** Newest first; with `asOfMs` those that were approved by then. */
  async list(subject: string, asOfMs?: number): Promise<Reference[]> {
    return (
      await this.#store.references(subject, mostListed, undefined, asOfMs)
    ).map(wire);
  }

  /**
   * Approves a past range of outputs as the reference that later windows are compared with; the newest counts. The range
   * shrinks to the whole minutes within it, because telemetry has no finer ones. Not safe to repeat: each call makes a
   * reference of its own.
   */
  async approve(
    asked: BodyOf<'approveReference'>,
    caller: Caller,
  ): Promise<Reference> {
    const nowMs = this.#clock.nowMs();
    if (!caller.isUser) {
      throw withCode(
        new NotAllowedError(
          'A reference is approved by a person, who answers for it; a machine cannot.',
        ),
        'PERSON_NEEDED',
      );
    }
    const declared = (await this.#declarations.kept(asked.subject))?.declared;
    const monitors = monitorsOf(declared);
    const monitor = monitors.find(({ feature }) => feature === asked.feature);
    if (!monitor) {
      throw withCode(
        new InputError(
          `body.feature: ${
            asked.feature
          } is not watched; choose one of ${monitors
            .map(({ feature }) => feature)
            .join(', ')}`,
        ),
        'UNKNOWN_FEATURE',
      );
    }
    if (!(await this.#subjects.get(asked.subject))) {
      throw withCode(
        new NotFoundError(
          `${asked.subject} is no subject of AI Assurance in the catalog`,
        ),
        'UNKNOWN_SUBJECT',
      );
    }
    const range = this.#rangeOf(asked, nowMs);
    const { histogram, cohortBins, ...origin } = await this.#histogramFor(
      asked,
      monitor,
      range,
    );
    const totalCount = histogram.bins.reduce((sum, bin) => sum + bin, 0);
    const minimumCount = monitor.minimumCount ?? this.#settings.minimumCount;
    if (totalCount < minimumCount) {
      throw withCode(
        new InputError(
          `${origin.found(
            totalCount,
          )}; a reference needs at least ${minimumCount}`,
        ),
        'INSUFFICIENT_SAMPLE',
      );
    }
    const reference: StoredReference = {
      referenceId: this.#ids.next('ref'),
      subject: asked.subject,
      feature: asked.feature,
      ...range,
      ...histogram,
      cohortBins,
      version:
        (await this.#store.referenceCount(asked.subject, asked.feature)) + 1,
      origin: origin.origin,
      originUrl: origin.originUrl,
      totalCount,
      histogramDigest: histogramDigest({ ...histogram, cohortBins }),
      approvedBy: caller.ref,
      approvedAtMs: nowMs,
      expiresAtMs: nowMs + this.#settings.referenceLifetimeMs,
      reason: asked.reason,
    };
    await this.#db.transaction(async tx => {
      await this.#store.insertReference(tx, reference);
      await this.#outbox.queue(tx, {
        topic: 'drift.reference-approved',
        subjects: [reference.subject],
      });
      await this.#ledger.append(tx, [
        referenceWindowDraft(reference, askedOf(monitor)),
      ]);
    });
    return wire(reference);
  }

  #rangeOf(
    asked: { fromMs: number; toMs: number },
    nowMs: number,
  ): { fromMs: number; toMs: number } {
    const refuseRange = (why: string) => {
      throw withCode(new InputError(why), 'BAD_RANGE');
    };
    const fromMs = Math.ceil(asked.fromMs / minuteMs) * minuteMs;
    const toMs = Math.floor(asked.toMs / minuteMs) * minuteMs;
    if (asked.toMs > nowMs) {
      refuseRange(
        'body.toMs: lies in the future; a reference is a range that is over',
      );
    }
    if (fromMs >= toMs) {
      refuseRange('body.fromMs: the range holds no whole minute');
    }
    if (toMs - fromMs > longestRangeMs) {
      refuseRange('body.fromMs: the range is longer than 7 days');
    }
    return { fromMs, toMs };
  }

  async #histogramFor(
    asked: BodyOf<'approveReference'>,
    monitor: Monitor,
    range: { fromMs: number; toMs: number },
  ): Promise<{
    histogram: Histogram;
    cohortBins: Record<string, number[]>;
    origin: NonNullable<Reference['origin']>;
    originUrl: string | null;
    /** What was found there, in words. */
    found: (count: number) => string;
  }> {
    const plain = { cohortBins: {}, originUrl: null };
    if (asked.histogramUrl !== undefined) {
      const histogram = await this.#fromFile(asked.histogramUrl);
      return { ...plain, histogram, ...fromUrl('file', asked.histogramUrl) };
    }
    if (asked.imported) {
      const { url, format, column } = asked.imported;
      const value = await this.#jsonOf(
        url,
        'body.imported.url',
        largestReportBytes,
      );
      try {
        return {
          ...readImportedReference(value, {
            format,
            feature: asked.feature,
            column,
          }),
          ...fromUrl('import', url),
        };
      } catch (error) {
        return refuse('body.imported.url', (error as Error).message);
      }
    }
    if (asked.sampleUrl !== undefined || monitor.source.kind === 'file') {
      return this.#fromSamples(asked, monitor);
    }
    if (asked.usePushedProfile || monitor.source.kind === 'profile') {
      const profiles = await this.#store.profiles(asked.subject, asked.feature);
      const whole = profiles.find(({ cohort }) => cohort === undefined);
      return {
        ...plain,
        histogram: whole?.histogram ?? { boundaries: [], bins: [] },
        origin: 'profile',
        found: count =>
          `The profile that was pushed last holds ${count} events`,
      };
    }
    return {
      ...plain,
      ...(await this.#measure(asked, monitor, range)),
      origin: 'time-range',
      found: count =>
        `${asked.subject} reported ${count} ${
          monitor.part === 'output' ? 'outputs' : 'values'
        } (${sourceName(monitor)}) in the range`,
    };
  }

  async #fromFile(url: string): Promise<Histogram> {
    const value = await this.#jsonOf(
      url,
      'body.histogramUrl',
      largestFileBytes,
    );
    const read = histogramShape.safeParse(value);
    if (!read.success) {
      const [issue] = read.error.issues;
      return refuse(
        'body.histogramUrl',
        `${issue.path.join('.') || 'the file'}: ${issue.message}`,
      );
    }
    const { boundaries = [], bins, categories } = read.data;
    return { boundaries, bins, ...(categories ? { categories } : {}) };
  }

  async #jsonOf(
    url: string,
    where: string,
    largestBytes: number,
  ): Promise<unknown> {
    const file = await this.#urlFiles.readNow(url, {
      largestBytes,
      namedBy: where,
    });
    if (file.state !== 'read')
      return refuse(
        where,
        `cannot be read: ${
          file.state === 'failed'
            ? file.why.replaceAll(url, shownUrl(url))
            : 'it has not changed'
        }`,
      );
    const { text } = file;
    try {
      return JSON.parse(text);
    } catch {
      return refuse(where, 'is no JSON');
    }
  }

  /** The samples that are asked for, else those of the monitor's own file as they were read last. */
  async #fromSamples(asked: BodyOf<'approveReference'>, monitor: Monitor) {
    const { source } = monitor;
    if (source.kind !== 'file')
      return refuse(
        'body.sampleUrl',
        `${monitor.feature} is watched by ${source.kind}: only a monitor of a file says which column and bins to read`,
      );
    if (asked.sampleUrl === undefined) {
      const sample = await this.#samples.of(asked.subject, monitor);
      if (!sample?.profile)
        throw withCode(
          new InputError(
            `${monitor.feature}: ${
              sample?.problem ?? 'its file was not read yet'
            }`,
          ),
          'SOURCE_ERROR',
        );
      return {
        ...ofProfile(sample.profile),
        ...fromUrl('file', source.url),
      };
    }
    const isCsv = /\.csv(\.gz)?$/i.test(new URL(asked.sampleUrl).pathname);
    try {
      const read = await this.#files.readNow(
        {
          url: asked.sampleUrl,
          format: isCsv ? 'csv' : 'parquet',
          delimiter: source.delimiter,
        },
        monitor,
      );
      const [profile] = read.profiles;
      if (profile.problem !== undefined)
        throw new Error(`${shownUrl(asked.sampleUrl)}: ${profile.problem}`);
      return { ...ofProfile(profile), ...fromUrl('file', asked.sampleUrl) };
    } catch (error) {
      return refuse('body.sampleUrl', (error as Error).message);
    }
  }

  async #measure(
    asked: { subject: string },
    monitor: Monitor,
    range: { fromMs: number; toMs: number },
  ): Promise<{
    histogram: Histogram;
    cohortBins: Record<string, number[]>;
  }> {
    const { source } = monitor;
    const merged =
      source.kind === 'telemetry' && monitor.type === 'numeric'
        ? await this.#telemetry.explicit({
            subject: asked.subject,
            metric: source.metric,
            ...range,
          })
        : undefined;
    if (source.kind === 'telemetry' && merged && merged.leftOutCount > 0) {
      throw withCode(
        new InputError(
          `The bins of ${source.metric} changed within the range (one-minute windows with others than the newest: ${merged.leftOutCount}): choose a range after the change`,
        ),
        'MIXED_BINS',
      );
    }
    const data = await this.#sources.read(
      asked.subject,
      monitor,
      range,
      new Map(),
    );
    if (data.problem !== undefined)
      throw withCode(
        new InputError(`${monitor.feature}: ${data.problem}`),
        'SOURCE_ERROR',
      );
    return {
      histogram: data.current ?? { boundaries: [], bins: [] },
      // Categories of a cohort may be fewer than those of the whole, and bins must meet bins.
      cohortBins:
        monitor.type === 'categorical'
          ? {}
          : Object.fromEntries(
              [...data.cohorts]
                .filter(([cohort]) => !data.hidden.has(cohort))
                .map(([cohort, { bins }]) => [cohort, bins]),
            ),
    };
  }
}
