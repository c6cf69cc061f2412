import { titleOf } from '../kinds/kinds';

const MAX_DECISIONS = 200;

interface KindTally {
  count: number;
  byStatus: Map<string, number>;
  firstTime: string;
  lastTime: string;
  lastStatus: string;
  lastPosition: number;
}

interface Decision {
  time: string;
  position: number;
  text: string;
}

/**
 * What a pack's readable report counts while items stream by; its size does not grow with them, but for the newest
 * decisions, of which it keeps 200.
 */
export class PackTally {
  #evidence = 0;
  #redacted = 0;
  #decisionCount = 0;
  #decisions: Decision[] = [];
  readonly #kinds = new Map<string, KindTally>();

  /** Counts one item from its parsed leaf and payload; `undefined` payload: redacted. */
  add(
    position: number,
    leaf: { type: string; time: string },
    payload: Record<string, unknown> | undefined,
  ): void {
    this.#evidence += 1;
    if (!payload) this.#redacted += 1;
    const status = payload ? textMember(payload, 'status') : 'redacted';
    const kind = this.#kinds.get(leaf.type);
    const counted = kind ?? {
      count: 0,
      byStatus: new Map<string, number>(),
      firstTime: leaf.time,
      lastTime: leaf.time,
      lastStatus: status,
      lastPosition: position,
    };
    if (!kind) this.#kinds.set(leaf.type, counted);
    counted.count += 1;
    if (status !== '')
      counted.byStatus.set(status, (counted.byStatus.get(status) ?? 0) + 1);
    if (Date.parse(leaf.time) < Date.parse(counted.firstTime))
      counted.firstTime = leaf.time;
    if (Date.parse(leaf.time) >= Date.parse(counted.lastTime)) {
      counted.lastTime = leaf.time;
      counted.lastStatus = status;
      counted.lastPosition = position;
    }
    if (payload && leaf.type === 'io.ai-assurance.approval-decision.v1')
      this.#addDecision(position, leaf.time, payload);
  }

  counts(): {
    evidence: number;
    redacted: number;
    byType: Record<string, number>;
  } {
    const byType = Object.fromEntries(
      [...this.#kinds].map(([type, kind]) => [type, kind.count]),
    );
    return { evidence: this.#evidence, redacted: this.#redacted, byType };
  }

  /** The parts of the report that come from counting, as Markdown. */
  sections(): string {
    return [this.#kindSection(), this.#decisionSection()].join('\n');
  }

  #addDecision(
    position: number,
    time: string,
    payload: Record<string, unknown>,
  ): void {
    this.#decisionCount += 1;
    const approvers = Array.isArray(payload.approvedBy)
      ? payload.approvedBy.map(String).join(', ')
      : '';
    const version = textMember(payload, 'version');
    const words = `${textMember(payload, 'decision')} | ${cell(
      version,
    )} | ${cell(textMember(payload, 'digest'))} | ${cell(approvers)}`;
    this.#decisions.push({ time, position, text: words });
    if (this.#decisions.length > MAX_DECISIONS) this.#decisions.shift();
  }

  #kindSection(): string {
    if (this.#kinds.size === 0)
      return '## Evidence\n\nNo evidence about this subject was recorded in this period.\n';
    const rows = [...this.#kinds]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([type, kind]) => {
        const statuses = [...kind.byStatus]
          .sort(([a], [b]) => (a < b ? -1 : 1))
          .map(([status, n]) => `${n} ${status}`);
        const last = kind.lastStatus === '' ? '' : `${kind.lastStatus}, `;
        return `| ${cell(titleOf(type))} | ${kind.count} | ${
          cell(statuses.join(', ')) || '–'
        } | ${kind.firstTime} | ${cell(last)}${kind.lastTime} (position ${
          kind.lastPosition
        }) |`;
      });
    return `## Evidence\n\n| Kind | Items | Verdicts | First | Newest |\n|---|---:|---|---|---|\n${rows.join(
      '\n',
    )}\n`;
  }

  #decisionSection(): string {
    if (this.#decisionCount === 0)
      return '## Release decisions\n\nNone in this period.\n';
    const rows = this.#decisions.map(
      d => `| ${d.time} | ${d.text} | ${d.position} |`,
    );
    const left = this.#decisionCount - this.#decisions.length;
    const note =
      left > 0 ? `\nThe ${left} older decisions are in evidence.ndjson.\n` : '';
    return `## Release decisions\n\n| When | Decision | Version | Artifact | Approved by | Position |\n|---|---|---|---|---|---:|\n${rows.join(
      '\n',
    )}\n${note}`;
  }
}

function textMember(payload: Record<string, unknown>, name: string): string {
  const value = payload[name];
  return typeof value === 'string' ? value : '';
}

/** Text of strangers inside a table cell: it can end neither the cell nor the row, and brings no markup. */
function cell(text: string): string {
  return text
    .replace(/[|\\`*_<>[\]]/g, sign => `\\${sign}`)
    .replace(/\s+/g, ' ');
}
