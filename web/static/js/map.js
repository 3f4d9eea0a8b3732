// The start: the first view is on the page already; from here on scripts keep panel and map together.
import {first} from "./page.js";
import {index} from "./shapes.js";
import {show} from "./go.js";
import {apply} from "./control.js";
import "./panel.js";
import "./search.js";
import "./timeline.js";
import "./locate.js";
import "./ask.js";
import "./times.js";

index();
show(first, false);
apply();
document.body.dataset.ready = "yes";
