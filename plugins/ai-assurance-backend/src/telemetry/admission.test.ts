import { Admission, Busy } from './admission';

describe('room for requests', () => {
  it('lets in only so many at once, and the next once one is done', () => {
    const admission = new Admission({ maxRequests: 2, maxBytes: 100 });
    const first = admission.enter();
    admission.enter();
    expect(() => admission.enter()).toThrow(Busy);
    first.release();
    first.release();
    admission.enter();
    expect(() => admission.enter()).toThrow(
      new Busy(
        '2 requests are waiting to be written. Send this one again later.',
      ),
    );
  });

  it('holds only so many bytes of all together', () => {
    const admission = new Admission({ maxRequests: 10, maxBytes: 100 });
    const first = admission.enter();
    first.grow(60);
    const second = admission.enter();
    second.grow(40);
    expect(() => second.grow(1)).toThrow(Busy);
    first.release();
    second.grow(60);
    expect(() => second.grow(1)).not.toThrow();
  });

  it('gives a buffer to another request only once it was given back, and counts its bytes', () => {
    const admission = new Admission({ maxRequests: 10, maxBytes: 200_000 });
    const first = admission.enter();
    const buffer = first.buffer(90_000);
    const second = admission.enter();
    expect(second.buffer(100_000)).not.toBe(buffer);
    expect(() => second.grow(10_001)).toThrow(Busy);
    first.release();
    expect(buffer.length).toBe(131_072);
    // One that is far too large stays for those that need it.
    expect(admission.enter().buffer(20_000)).not.toBe(buffer);
    expect(admission.enter().buffer(80_000)).toBe(buffer);
  });

  it('lets a single request pass whatever its size', () => {
    const admission = new Admission({ maxRequests: 10, maxBytes: 100 });
    const only = admission.enter();
    only.grow(1000);
    expect(() => admission.enter().grow(1)).toThrow(Busy);
  });
});
