/** What the shell shows of this page. */
export { default as DiscoverPage } from "./DiscoverPage.svelte";
