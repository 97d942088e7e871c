export const title = "Overview";
export function mount(context) {
  context.root.replaceChildren();
}
