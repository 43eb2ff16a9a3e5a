/** Data that a script tag brings: `riseData(name, json)` of the file `<name>.js`. */
const arrived = new Map<string, string>();
const underWay = new Map<string, Promise<unknown>>();

declare global {
  interface Window {
    riseData(name: string, json: string): void;
  }
}

window.riseData = (name, json) => {
  arrived.set(name, json);
};

/** Data by name, loaded once. A page from a disk may load scripts and may not fetch, so that every file of data is a script. */
export function loadData<T>(name: string): Promise<T> {
  const known = underWay.get(name);
  if (known) return known as Promise<T>;
  const loading = load<T>(name);
  underWay.set(name, loading);
  loading.catch(() => underWay.delete(name));
  return loading;
}

async function load<T>(name: string): Promise<T> {
  if (!arrived.has(name)) await loadScript(`${name}.js`);
  const json = arrived.get(name);
  if (json === undefined) throw new Error(`${name}.js holds no data of this report; write the report again`);
  arrived.delete(name);
  return JSON.parse(json);
}

function loadScript(file: string): Promise<void> {
  const script = document.createElement('script');
  script.src = file;
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  script.onload = () => resolve();
  script.onerror = () => reject(new Error(`${file} is missing; it belongs beside index.html: copy the whole folder`));
  document.head.append(script);
  return promise.finally(() => script.remove());
}
