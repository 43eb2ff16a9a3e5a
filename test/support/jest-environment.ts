import { TestEnvironment } from 'jest-environment-node';

const sharedGlobals = [
  'ArrayBuffer',
  'SharedArrayBuffer',
  'DataView',
  'Int8Array',
  'Uint8Array',
  'Uint8ClampedArray',
  'Int16Array',
  'Uint16Array',
  'Int32Array',
  'Uint32Array',
  'Float32Array',
  'Float64Array',
  'BigInt64Array',
  'BigUint64Array',
] as const;

/**
 * Node's environment, except that binary types are those of the outer realm. Native addons (TensorFlow, sharp) make
 * their arrays there, and `instanceof Float32Array` must hold for them inside a test.
 */
export default class AddonEnvironment extends TestEnvironment {
  override async setup(): Promise<void> {
    await super.setup();
    for (const name of sharedGlobals) {
      Object.defineProperty(this.global, name, { value: globalThis[name], configurable: true, writable: true });
    }
  }
}
