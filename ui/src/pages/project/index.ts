/** What the shell shows of this page. */
export { default as ProjectPage } from "./ProjectPage.svelte";
