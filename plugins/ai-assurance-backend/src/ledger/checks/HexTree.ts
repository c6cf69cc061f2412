import { hash } from 'node:crypto';
import { Frontier } from '@ai-assurance/evidence';

/**
 * The tree over leaf hashes in hexadecimal: the same as the library's growing tree, without a piece of memory for each
 * hash. Millions of those cost more than the hashes.
 */
export class HexTree {
  readonly #nodes: string[] = [];
  /** 0x01 and both children. */
  readonly #pair = Buffer.alloc(65, 0x01);
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** Adds one leaf. `onNode` is told of each node above it that it closed, smallest first. */
  append(
    leaf: string,
    onNode: (level: number, index: number, node: string) => void,
  ): void {
    let node = leaf;
    let index = this.#size;
    for (let level = 1; index % 2 === 1; level += 1) {
      this.#pair.write(this.#nodes.pop()!, 1, 'hex');
      this.#pair.write(node, 33, 'hex');
      node = hash('sha256', this.#pair, 'hex');
      index = (index - 1) / 2;
      onNode(level, index, node);
    }
    this.#nodes.push(node);
    this.#size += 1;
  }

  frontier(): Frontier {
    return {
      size: this.#size,
      nodes: this.#nodes.map(node => Buffer.from(node, 'hex')),
    };
  }
}
