// What calls cost: by anything, over time, to the month's end, against budgets, and why it changed.

import { h, replace } from "../core/dom.js";
import { costBudgets } from "../parts/cost-budgets.js";
import { costChanges } from "../parts/cost-changes.js";
import { CostChoice } from "../parts/cost-choice.js";
import { costExplorer } from "../parts/cost-explorer.js";
import { costForecast } from "../parts/cost-forecast.js";
import { FilterLine } from "../parts/filter-line.js";

export const title = "Costs";

export function mount({ root, signal }) {
  const filter = new FilterLine({ signal });
  const choice = new CostChoice();
  const [explorer, forecast, budgets, changes] = Array.from({ length: 4 }, () => h("div", { class: "stack" }));
  replace(root, filter.element, choice.element, explorer, h("div", { class: "grid-2" }, forecast, budgets), changes);
  const explore = costExplorer(explorer, signal);
  const others = [costForecast(forecast, signal), costBudgets(budgets, signal), costChanges(changes, signal)];
  return {
    update(changed) {
      choice.update();
      filter.update();
      explore();
      if ([...changed].some((name) => name !== "measure")) others.forEach((again) => again());
    },
  };
}
