import { mount } from "svelte";
import "../../styles/index.css";
import Gallery from "./Gallery.svelte";

const target = document.getElementById("app");
// The window does not scroll as a whole; the gallery does.
document.body.style.overflow = "auto";
if (target) mount(Gallery, { target });
