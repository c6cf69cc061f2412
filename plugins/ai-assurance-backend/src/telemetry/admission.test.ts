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

  it('lets a single request pass whatever its size', () => {
    const admission = new Admission({ maxRequests: 10, maxBytes: 100 });
    const only = admission.enter();
    only.grow(1000);
    expect(() => admission.enter().grow(1)).toThrow(Busy);
  });
});
