import type { DataType } from '@tensorflow/tfjs-core';
import { UnsupportedModelError } from '../../schema/errors.ts';
import { loadGraphMessages } from '../backend.ts';
import { nodeBackend, type OpAttribute } from './node-backend.ts';

/** TensorFlow numbers its graph format by the day; December 2021 is past every change of meaning and before our libraries. */
const GRAPH_PRODUCER = 987;

/** TensorFlow's messages as google-protobuf generated them: setters and `serializeBinary`, without types. */
// biome-ignore lint/suspicious/noExplicitAny: the generated file has no declarations
type Messages = Record<string, any>;

let messages: Messages | undefined;

function proto(): Messages {
  messages ??= loadGraphMessages() as Messages;
  return messages;
}

/** A TensorFlow graph in the making. Nodes are named by the caller; inputs are `node` or `node:output`. */
export interface GraphBuilder {
  addOp(name: string, op: string, inputs: string[], attributes: readonly OpAttribute[]): void;
  addPlaceholder(name: string, dtype: DataType, shape: number[]): void;
  addConstant(name: string, dtype: DataType, shape: number[], bytes: Uint8Array): void;
  readonly nodeCount: number;
  /** The bytes of a `saved_model.pb` with the graph under the tag `serve`. */
  encode(): Uint8Array;
}

export function createGraphBuilder(): GraphBuilder {
  const pb = proto();
  const graph = new pb.GraphDef();
  let nodeCount = 0;
  const addNode = (name: string, op: string, inputs: string[], attributes: [string, unknown][]) => {
    const node = new pb.NodeDef();
    node.setName(name);
    node.setOp(op);
    node.setInputList(inputs);
    for (const [key, value] of attributes) node.getAttrMap().set(key, value);
    graph.addNode(node);
    nodeCount += 1;
  };
  return {
    addOp(name, op, inputs, attributes) {
      addNode(
        name,
        op,
        inputs,
        attributes.map((attribute) => [attribute.name, encodeAttribute(op, attribute)]),
      );
    },
    addPlaceholder(name, dtype, shape) {
      const shapeValue = new pb.AttrValue();
      shapeValue.setShape(encodeShape(shape));
      addNode(
        name,
        'Placeholder',
        [],
        [
          ['dtype', encodeType(dtype)],
          ['shape', shapeValue],
        ],
      );
    },
    addConstant(name, dtype, shape, bytes) {
      const tensor = new pb.Tensor();
      tensor.setDtype(typeNumber(dtype));
      tensor.setTensorShape(encodeShape(shape));
      tensor.setTensorContent(bytes);
      const value = new pb.AttrValue();
      value.setTensor(tensor);
      addNode(
        name,
        'Const',
        [],
        [
          ['dtype', encodeType(dtype)],
          ['value', value],
        ],
      );
    },
    get nodeCount() {
      return nodeCount;
    },
    encode() {
      const version = new pb.VersionDef();
      version.setProducer(GRAPH_PRODUCER);
      graph.setVersions(version);
      const info = new pb.MetaGraphDef.MetaInfoDef();
      info.addTags('serve');
      const metaGraph = new pb.MetaGraphDef();
      metaGraph.setMetaInfoDef(info);
      metaGraph.setGraphDef(graph);
      const savedModel = new pb.SavedModel();
      savedModel.setSavedModelSchemaVersion(1);
      savedModel.addMetaGraphs(metaGraph);
      return savedModel.serializeBinary();
    },
  };
}

function encodeAttribute(op: string, { name, type, value }: OpAttribute): unknown {
  const { binding } = nodeBackend();
  const encoded = new (proto().AttrValue)();
  if (type === binding.TF_ATTR_TYPE) encoded.setType(value);
  else if (type === binding.TF_ATTR_BOOL && !Array.isArray(value)) encoded.setB(value);
  else if (type === binding.TF_ATTR_FLOAT && !Array.isArray(value)) encoded.setF(value);
  else if (type === binding.TF_ATTR_STRING) encoded.setS(new TextEncoder().encode(value as string));
  else if (type === binding.TF_ATTR_SHAPE) encoded.setShape(encodeShape(value as number[]));
  else if (type === binding.TF_ATTR_INT && !Array.isArray(value)) encoded.setI(value);
  else if (type === binding.TF_ATTR_INT) {
    const list = new (proto().AttrValue.ListValue)();
    list.setIList(value);
    encoded.setList(list);
  } else {
    throw new UnsupportedModelError(
      `attribute ${name} of op ${op} is ${JSON.stringify(value)}, which a traced graph cannot hold; run the function eagerly`,
    );
  }
  return encoded;
}

function encodeShape(shape: number[]): unknown {
  const encoded = new (proto().TensorShape)();
  for (const size of shape) {
    const dimension = new (proto().TensorShape.Dim)();
    dimension.setSize(size);
    encoded.addDim(dimension);
  }
  return encoded;
}

function encodeType(dtype: DataType): unknown {
  const encoded = new (proto().AttrValue)();
  encoded.setType(typeNumber(dtype));
  return encoded;
}

function typeNumber(dtype: DataType): number {
  const { TF_FLOAT, TF_INT32, TF_BOOL } = nodeBackend().binding;
  const number = { float32: TF_FLOAT, int32: TF_INT32, bool: TF_BOOL }[dtype as string];
  if (number !== undefined) return number;
  throw new UnsupportedModelError(`a traced graph cannot hold a ${dtype} tensor; run the function eagerly`);
}

/** The attribute every element-wise op has: its element type. */
export function typeAttribute(dtype: DataType): OpAttribute {
  return { name: 'T', type: nodeBackend().binding.TF_ATTR_TYPE, value: typeNumber(dtype) };
}
