// Mouse, pen and finger on a plot: hover points, a drag selects and zooms, a click picks.

const DRAG = 4;

/** Lets a chart follow the pointer. */
export function listenToPointer(chart) {
  const { plot } = chart;
  const handlers = {
    pointerdown(event) {
      if (event.button !== 0 || !chart.view) return;
      plot.focus({ preventScroll: true });
      // The release counts wherever it happens, even outside the window.
      plot.setPointerCapture(event.pointerId);
      const { x, y } = placeIn(plot, event);
      chart.pressed = x;
      pointAt(chart, x, y);
    },
    pointermove(event) {
      if (!chart.view) return;
      const { x, y } = placeIn(plot, event);
      const dragged = chart.pressed !== null && Math.abs(x - chart.pressed) >= DRAG;
      if (dragged && chart.anchor === null) chart.anchorAt(chart.view.indexAt(chart.pressed));
      pointAt(chart, x, y);
    },
    pointerup() {
      if (chart.pressed === null) return;
      chart.pressed = null;
      chart.commit();
    },
    pointercancel: () => chart.clear(),
    pointerleave: () => chart.clear(),
  };
  for (const [name, handler] of Object.entries(handlers)) plot.addEventListener(name, handler);
}

function pointAt(chart, x, y) {
  const index = chart.view.indexAt(x);
  chart.moveTo(index, index === null ? null : chart.kind.nearest(chart, index, y));
}

function placeIn(element, { clientX, clientY }) {
  const { left, top } = element.getBoundingClientRect();
  return { x: clientX - left, y: clientY - top };
}
