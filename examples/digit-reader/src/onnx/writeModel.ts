import { createHash } from 'node:crypto';
import { onnx } from 'onnx-proto';
import { PIXELS } from '../digits/digits';
import { CLASSES, Weights } from '../training/train';

/** How the weights of a model file are kept. */
export type Precision = 'float32' | 'int8';

const { DataType } = onnx.TensorProto;
const { AttributeType } = onnx.AttributeProto;

function tensor(
  name: string,
  dims: number[],
  values: Float32Array | Int8Array,
): onnx.ITensorProto {
  return {
    name,
    dims,
    dataType: values instanceof Int8Array ? DataType.INT8 : DataType.FLOAT,
    rawData: new Uint8Array(
      values.buffer,
      values.byteOffset,
      values.byteLength,
    ).slice(),
  };
}

function value(name: string, width: number): onnx.IValueInfoProto {
  return {
    name,
    type: {
      tensorType: {
        elemType: DataType.FLOAT,
        shape: { dim: [{ dimParam: 'n' }, { dimValue: width }] },
      },
    },
  };
}

/** Largest weight in whole numbers. Seven bits of the eight: two products of full size overflow the 16-bit sums of many processors. */
const WHOLE_REACH = 63;

/** Keeps weights as whole numbers in -63…63 and one scale for the layer: a quarter of the bytes, a little less true. */
function quantise(values: Float32Array): { whole: Int8Array; scale: number } {
  const largest = values.reduce(
    (most, next) => Math.max(most, Math.abs(next)),
    0,
  );
  const scale = Math.fround(largest / WHOLE_REACH || 1);
  return {
    whole: Int8Array.from(values, next => Math.round(next / scale)),
    scale,
  };
}

interface LayerParts {
  nodes: onnx.INodeProto[];
  initializers: onnx.ITensorProto[];
}

function floatLayer(
  name: string,
  from: string,
  to: string,
  dims: number[],
  weights: Float32Array,
  bias: Float32Array,
): LayerParts {
  return {
    nodes: [
      {
        name: `${name}_multiply`,
        opType: 'MatMul',
        input: [from, `${name}_weights`],
        output: [`${name}_product`],
      },
      {
        name: `${name}_shift`,
        opType: 'Add',
        input: [`${name}_product`, `${name}_bias`],
        output: [to],
      },
    ],
    initializers: [
      tensor(`${name}_weights`, dims, weights),
      tensor(`${name}_bias`, [bias.length], bias),
    ],
  };
}

/** Weights are whole numbers in the file; inputs are made whole when they arrive, with the scale that suits them. */
function wholeLayer(
  name: string,
  from: string,
  to: string,
  dims: number[],
  weights: Float32Array,
  bias: Float32Array,
): LayerParts {
  const { whole, scale } = quantise(weights);
  const part = (suffix: string) => `${name}_${suffix}`;
  return {
    nodes: [
      {
        name: part('quantise'),
        opType: 'DynamicQuantizeLinear',
        input: [from],
        output: [part('input'), part('input_scale'), part('input_zero')],
      },
      {
        name: part('multiply'),
        opType: 'MatMulInteger',
        input: [part('input'), part('weights'), part('input_zero')],
        output: [part('whole_product')],
      },
      {
        name: part('cast'),
        opType: 'Cast',
        input: [part('whole_product')],
        output: [part('product')],
        attribute: [{ name: 'to', type: AttributeType.INT, i: DataType.FLOAT }],
      },
      {
        name: part('scales'),
        opType: 'Mul',
        input: [part('input_scale'), part('weights_scale')],
        output: [part('scale')],
      },
      {
        name: part('rescale'),
        opType: 'Mul',
        input: [part('product'), part('scale')],
        output: [part('scaled')],
      },
      {
        name: part('shift'),
        opType: 'Add',
        input: [part('scaled'), part('bias')],
        output: [to],
      },
    ],
    initializers: [
      tensor(part('weights'), dims, whole),
      tensor(part('weights_scale'), [1], Float32Array.of(scale)),
      tensor(part('bias'), [bias.length], bias),
    ],
  };
}

/**
 * Writes a reader as an ONNX file (opset 13): input `digits` [n, 784] in 0…1, output `shares` [n, 10] that sum to one.
 * The same weights and precision give the same bytes.
 */
export function writeModel(weights: Weights, precision: Precision): Uint8Array {
  const layer = precision === 'float32' ? floatLayer : wholeLayer;
  const hidden = layer(
    'hidden',
    'digits',
    'hidden_sum',
    [PIXELS, weights.hiddenUnits],
    weights.hidden,
    weights.hiddenBias,
  );
  const output = layer(
    'output',
    'hidden_active',
    'scores',
    [weights.hiddenUnits, CLASSES],
    weights.output,
    weights.outputBias,
  );
  const model: onnx.IModelProto = {
    irVersion: 7,
    opsetImport: [{ domain: '', version: 13 }],
    producerName: 'ai-assurance-digit-reader',
    producerVersion: '1',
    graph: {
      name: `digit-reader-${precision}`,
      input: [value('digits', PIXELS)],
      output: [value('shares', CLASSES)],
      initializer: [...hidden.initializers, ...output.initializers],
      node: [
        ...hidden.nodes,
        {
          name: 'hidden_relu',
          opType: 'Relu',
          input: ['hidden_sum'],
          output: ['hidden_active'],
        },
        ...output.nodes,
        {
          name: 'softmax',
          opType: 'Softmax',
          input: ['scores'],
          output: ['shares'],
          attribute: [{ name: 'axis', type: AttributeType.INT, i: 1 }],
        },
      ],
    },
  };
  return onnx.ModelProto.encode(model).finish();
}

/** Digest of exactly these bytes, written `sha256:<hex>`: the identity of a model version. */
export function digestOf(bytes: Uint8Array): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}
