import { fromBase64 } from '../bytes/bytes';
import { cases } from './__fixtures__/inclusion.json';
import { verifyInclusion } from './proofs';

describe('inclusion proofs of transparency-dev/merkle', () => {
  it('are all here: six good, ninety-two bad', () => {
    expect([
      cases.filter(c => !c.wantErr).length,
      cases.filter(c => c.wantErr).length,
    ]).toEqual([6, 92]);
  });

  it.each(cases)(
    '$file: refused is $wantErr',
    ({ leafIdx, treeSize, root, leafHash, proof, wantErr }) => {
      const holds = verifyInclusion({
        index: Number(leafIdx),
        size: Number(treeSize),
        root: fromBase64(root)!,
        leafHash: fromBase64(leafHash)!,
        proof: proof.map(hash => fromBase64(hash)!),
      });
      expect(holds).toBe(!wantErr);
    },
  );
});
