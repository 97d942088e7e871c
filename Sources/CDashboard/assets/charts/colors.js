// Which colour a series has. Colours are names of CSS variables, so that they follow the theme.

const COUNT = 10;

/** The colour of a series as CSS: the one it asks for, or the next of the ten. */
export function colorOf({ color }, index) {
  return `var(${/^--[\w-]+$/.test(color ?? "") ? color : `--series-${index % COUNT + 1}`})`;
}

/** Whether a series is dashed: as it asks, or because its colour has been used before. */
export const isDashed = ({ dashed }, index) => dashed ?? index >= COUNT;
