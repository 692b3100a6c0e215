import { create, toBinary } from '@bufbuild/protobuf';
import type { Attr, DType, Graph, Node, Value } from '../ir/graph.ts';
import { size } from '../ir/graph.ts';
import { operandAttributes } from './operand-attributes.ts';
import {
  type AttributeProto,
  AttributeProtoSchema,
  AttributeProto_AttributeType as AttributeType,
  TensorProto_DataType as DataType,
  GraphProtoSchema,
  ModelProtoSchema,
  type NodeProto,
  NodeProtoSchema,
  OperatorSetIdProtoSchema,
  type TensorProto,
  TensorProtoSchema,
  type ValueInfoProto,
  ValueInfoProtoSchema,
} from './schema/onnx_pb.js';

/** Operator set 18 (IR 8): the first with axes as operands of every reduction. */
const OPSET = 18n;
const IR_VERSION = 8n;

const DATA_TYPES: Record<DType, DataType> = {
  float32: DataType.FLOAT,
  int32: DataType.INT32,
  bool: DataType.BOOL,
};

/** Writes a lowered graph as the bytes of an ONNX model. Only real constants become initialisers. */
export function emitOnnx(graph: Graph, name: string): Uint8Array {
  return toBinary(ModelProtoSchema, new Emitter(graph).model(name));
}

class Emitter {
  private readonly graph: Graph;
  private readonly names = new Map<Value, string>();
  private readonly initializers: TensorProto[] = [];
  private readonly shared = new Map<string, string>();
  private readonly nodes: NodeProto[] = [];
  /** Always Microsoft's, whose ops ONNX Runtime's optimiser puts in. */
  private readonly domains = new Set(['', 'com.microsoft']);
  private counter = 0;

  constructor(graph: Graph) {
    this.graph = graph;
  }

  model(name: string) {
    for (const [input, value] of this.graph.inputs) this.names.set(value, input);
    this.nameOutputs();
    for (const node of this.graph.nodes) this.node(node);
    this.copyOutputs();
    return create(ModelProtoSchema, {
      irVersion: IR_VERSION,
      producerName: 'gantry',
      opsetImport: [...this.domains].map((domain) =>
        create(OperatorSetIdProtoSchema, { domain, version: domain === '' ? OPSET : 1n }),
      ),
      graph: create(GraphProtoSchema, {
        name,
        node: this.nodes,
        initializer: this.initializers,
        input: [...this.graph.inputs].map(([n, v]) => valueInfo(n, v)),
        output: [...this.graph.outputs].map(([n, v]) => valueInfo(n, v)),
      }),
    });
  }

  /** A node's output that is a graph output takes that name at once. */
  private nameOutputs(): void {
    const made = new Set(this.graph.nodes.flatMap((n) => n.outputs));
    for (const [name, value] of this.graph.outputs) {
      if (made.has(value) && !this.names.has(value)) this.names.set(value, name);
    }
  }

  /** Outputs that are inputs, constants or second names of one value need a copy. */
  private copyOutputs(): void {
    for (const [name, value] of this.graph.outputs) {
      const known = this.name(value);
      if (known === name) continue;
      this.nodes.push(create(NodeProtoSchema, { opType: 'Identity', input: [known], output: [name] }));
    }
  }

  private name(value: Value): string {
    const known = this.names.get(value);
    if (known !== undefined) return known;
    const name = value.constant ? this.constant(value) : `v${this.counter++}`;
    this.names.set(value, name);
    return name;
  }

  private node(node: Node): void {
    const operands = operandAttributes[node.op] ?? {};
    const extra = Object.entries(operands).map(([attr, kind]) => this.operand(kind, node.attrs[attr]));
    const { domain, opType } = operators[node.op] ?? { domain: '', opType: node.op };
    this.domains.add(domain);
    this.nodes.push(
      create(NodeProtoSchema, {
        opType,
        domain,
        input: [...node.inputs.map((v) => this.name(v)), ...extra],
        output: node.outputs.map((v) => this.name(v)),
        attribute: Object.entries(node.attrs)
          .filter(([key]) => !(key in operands))
          .map(([key, value]) => attribute(key, value)),
      }),
    );
  }

  /** What the IR keeps as an attribute and ONNX wants as a constant operand. */
  private operand(kind: 'ints' | 'float' | 'skip', value: Attr | undefined): string {
    if (kind === 'skip' || value === undefined) return '';
    if (kind === 'float')
      return this.initializer(DataType.FLOAT, [], Float32Array.of(value as number), `f${value}`);
    const data = BigInt64Array.from(value as number[], BigInt);
    return this.initializer(DataType.INT64, [data.length], data, `i${value}`);
  }

  private constant(value: Value): string {
    const type = DATA_TYPES[value.dtype];
    const constant = value.constant!;
    if (constant.kind === 'data') return this.initializer(type, value.shape, constant.data);
    const one = typedOne(value.dtype, constant.value);
    if (size(value) <= 1)
      return this.initializer(type, value.shape, one, `${value.dtype}[${value.shape}]${constant.value}`);
    const name = `c${this.counter++}`;
    const shape = BigInt64Array.from(value.shape, BigInt);
    this.nodes.push(
      create(NodeProtoSchema, {
        opType: 'ConstantOfShape',
        input: [this.initializer(DataType.INT64, [shape.length], shape, `i${value.shape}`)],
        output: [name],
        attribute: [
          create(AttributeProtoSchema, {
            name: 'value',
            type: AttributeType.TENSOR,
            t: tensor('', type, [1], one),
          }),
        ],
      }),
    );
    return name;
  }

  private initializer(type: DataType, shape: readonly number[], data: ArrayBufferView, key?: string): string {
    const known = key === undefined ? undefined : this.shared.get(key);
    if (known !== undefined) return known;
    const name = `c${this.counter++}`;
    this.initializers.push(tensor(name, type, shape, data));
    if (key !== undefined) this.shared.set(key, name);
    return name;
  }
}

/** Ops outside ONNX's own domain: ONNX Runtime's blocked layout, which only its CPU provider knows. */
const operators: Readonly<Record<string, { readonly domain: string; readonly opType: string }>> = {
  NchwcConv: { domain: 'com.microsoft.nchwc', opType: 'Conv' },
  ReorderInput: { domain: 'com.microsoft.nchwc', opType: 'ReorderInput' },
  ReorderOutput: { domain: 'com.microsoft.nchwc', opType: 'ReorderOutput' },
};

function tensor(name: string, type: DataType, shape: readonly number[], data: ArrayBufferView): TensorProto {
  return create(TensorProtoSchema, {
    name,
    dataType: type,
    dims: shape.map(BigInt),
    rawData: new Uint8Array(data.buffer, data.byteOffset, data.byteLength).slice(),
  });
}

function typedOne(dtype: DType, value: number): ArrayBufferView {
  if (dtype === 'float32') return Float32Array.of(value);
  return dtype === 'int32' ? Int32Array.of(value) : Uint8Array.of(value);
}

function attribute(name: string, value: Attr): AttributeProto {
  if (name === 'to') {
    return create(AttributeProtoSchema, {
      name,
      type: AttributeType.INT,
      i: BigInt(DATA_TYPES[value as DType]),
    });
  }
  if (typeof value === 'string') {
    return create(AttributeProtoSchema, {
      name,
      type: AttributeType.STRING,
      s: new TextEncoder().encode(value),
    });
  }
  if (name === 'activation_params') {
    return create(AttributeProtoSchema, {
      name,
      type: AttributeType.FLOATS,
      floats: [...(value as readonly number[])],
    });
  }
  if (typeof value !== 'number') {
    return create(AttributeProtoSchema, { name, type: AttributeType.INTS, ints: value.map(BigInt) });
  }
  return FLOAT_ATTRIBUTES.has(name)
    ? create(AttributeProtoSchema, { name, type: AttributeType.FLOAT, f: value })
    : create(AttributeProtoSchema, { name, type: AttributeType.INT, i: BigInt(value) });
}

const FLOAT_ATTRIBUTES = new Set(['alpha', 'beta', 'epsilon', 'gamma']);

function valueInfo(name: string, value: Value): ValueInfoProto {
  return create(ValueInfoProtoSchema, {
    name,
    type: {
      value: {
        case: 'tensorType',
        value: {
          elemType: DATA_TYPES[value.dtype],
          shape: {
            dim: value.shape.map((d) => ({ value: { case: 'dimValue' as const, value: BigInt(d) } })),
          },
        },
      },
    },
  });
}
