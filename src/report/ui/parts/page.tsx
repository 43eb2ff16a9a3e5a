import type { ComponentChildren } from 'preact';
import { ThemeSwitch } from './theme.tsx';

/** A page of the site, as its tabs name it. */
export interface Tab {
  label: string;
  address: string;
  isCurrent: boolean;
}

/** The frame of every page: what it is about, where else to go, the theme. */
export function Page({ about, tabs, children }: { about: string; tabs: readonly Tab[]; children: ComponentChildren }) {
  return (
    <>
      <button class="skip" type="button" onClick={skipToContent}>
        Skip to content
      </button>
      <header class="top">
        <span class="brand">
          metis<b>·</b>rise
        </span>
        <nav class="tabs" aria-label="Pages">
          {tabs.map(({ label, address, isCurrent }) => (
            <a key={label} href={address} aria-current={isCurrent ? 'page' : undefined}>
              {label}
            </a>
          ))}
        </nav>
        <span class="spring" />
        <span class="muted small mono hide-narrow">{about}</span>
        <ThemeSwitch />
      </header>
      <main id="content" tabIndex={-1}>
        {children}
      </main>
    </>
  );
}

/** A button and no link, as the address behind `#` is the reader's place. */
const skipToContent = () => document.getElementById('content')?.focus();
