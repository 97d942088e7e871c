// The charts that pages use.

export { areaChart } from "./area.js";
export { barChart } from "./bar.js";
export { heatMap } from "./heat-map.js";
export { lineChart } from "./line.js";
export { sparkline } from "./sparkline.js";
