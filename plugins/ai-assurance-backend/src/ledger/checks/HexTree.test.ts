import {
  emptyFrontier,
  frontierRoot,
  growTree,
  toHex,
} from '@ai-assurance/evidence';
import { sha256 } from '../sha256';
import { HexTree } from './HexTree';

describe('the tree over hashes in hexadecimal', () => {
  it('closes the same nodes, and has the same right edge, as the tree of the library', () => {
    const tree = new HexTree();
    const other = growTree(emptyFrontier);
    for (let i = 0; i < 300; i += 1) {
      const leaf = sha256(Buffer.from(`leaf ${i}`));
      const closed: [number, number, string][] = [];
      const expected: [number, number, string][] = [];
      tree.append(toHex(leaf), (...node) => closed.push(node));
      other.append(leaf, (level, index, node) =>
        expected.push([level, index, toHex(node)]),
      );
      expect(closed).toEqual(expected);
      expect(tree.size).toBe(i + 1);
      const { size, nodes } = tree.frontier();
      expect({ size, nodes: nodes.map(toHex) }).toEqual({
        size: i + 1,
        nodes: other.frontier().nodes.map(toHex),
      });
      expect(toHex(frontierRoot(tree.frontier()))).toBe(
        toHex(frontierRoot(other.frontier())),
      );
    }
  });
});
