import { fieldNumber } from './FieldsView';

describe('numbers of evidence', () => {
  it.each([
    ['accuracy', 0.9218, '0.9218'],
    ['value', 0.123456789, '0.123456789'],
    ['value', 1e-9, '1e-9'],
    ['sampleCount', 12_345, '12,345'],
    ['budgetRemainingRatio', 0.57, '57 %'],
    ['errorRatio', 0.123456789, '12.3456789 %'],
    ['errorRatio', 1.5e-7, '0.000015 %'],
    ['latencyMs', 1_250.125, '1250.125 ms'],
    ['latencyMs', 131, '131 ms'],
    ['longWindowMs', 5_400_000, '90 min'],
    ['longWindowMs', 2_592_000_000, '30 d'],
    ['longWindowMs', 1_234, '1,234 ms'],
    ['longWindowMs', 0, '0 ms'],
    ['sizeBytes', 305_902, '305,902 bytes'],
  ])('%s %p is shown exactly, as %s', (name, value, text) => {
    expect(fieldNumber(name, value)).toBe(text);
  });
});
