export {
  BASE_HABITS,
  type BaseExample,
  CLEAN_HABITS,
  drawBaseExample,
  HASTY_HABITS,
  type Habits,
} from './base-corpus.ts';
export { type DatasetEntry, type DatasetFiles, readDataset } from './dataset.ts';
export { drawTasks } from './draw-tasks.ts';
export { encodePng, type RawImage } from './raster.ts';
export { drawTask, type Task } from './task.ts';
