export const title = "Costs";
export function mount(context) {
  context.root.replaceChildren();
}
