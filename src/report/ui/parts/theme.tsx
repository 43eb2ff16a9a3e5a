import { useEffect, useState } from 'preact/hooks';

const THEMES = ['auto', 'light', 'dark'] as const;
type Theme = (typeof THEMES)[number];

const KEPT = 'metis-rise-theme';
const prefersDark = window.matchMedia('(prefers-color-scheme: dark)');
const changed = new EventTarget();

/** A browser may refuse to keep anything for pages from a disk. */
function keptTheme(): Theme {
  try {
    return THEMES.find((theme) => theme === localStorage.getItem(KEPT)) ?? 'auto';
  } catch {
    return 'auto';
  }
}

let theme = keptTheme();

function apply(): void {
  const isDark = theme === 'auto' ? prefersDark.matches : theme === 'dark';
  document.documentElement.dataset.theme = isDark ? 'dark' : 'light';
  changed.dispatchEvent(new Event('change'));
}

function choose(wanted: Theme): void {
  theme = wanted;
  try {
    localStorage.setItem(KEPT, wanted);
  } catch {
    // It then holds for this visit.
  }
  apply();
}

prefersDark.addEventListener('change', apply);
apply();

/** Redraws whoever calls it when the theme changes: for what is painted, and not styled. */
export function useTheme(): string {
  const read = () => document.documentElement.dataset.theme ?? 'light';
  const [name, setName] = useState(read);
  useEffect(() => {
    const follow = () => setName(read());
    changed.addEventListener('change', follow);
    return () => changed.removeEventListener('change', follow);
  }, []);
  return name;
}

/** The value of one of the theme's colours. */
export const colour = (name: string) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();

/** Light, dark, or as the system has it. */
export function ThemeSwitch() {
  const [chosen, setChosen] = useState(theme);
  return (
    <fieldset class="choice theme-switch" aria-label="Theme">
      {THEMES.map((name) => (
        <button
          key={name}
          type="button"
          aria-pressed={chosen === name}
          onClick={() => {
            choose(name);
            setChosen(name);
          }}
        >
          {name}
        </button>
      ))}
    </fieldset>
  );
}
