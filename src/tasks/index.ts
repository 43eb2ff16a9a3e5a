export { drawTasks } from './charts/draw-tasks.ts';
export { encodePng } from './charts/raster.ts';
export { drawTask, type Task } from './charts/task.ts';
