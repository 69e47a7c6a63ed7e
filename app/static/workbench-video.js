// The recording beside the cues: what is shown over it is what a viewer's browser makes of the draft as it stands.

const SETTINGS = {
  vertical: (cue, value) => { cue.vertical = value; },
  align: (cue, value) => { cue.align = value; },
  size: (cue, value) => { cue.size = parseFloat(value); },
  position: (cue, value) => {
    const [place, align] = value.split(",");
    cue.position = parseFloat(place);
    if (align) cue.positionAlign = align;
  },
  line: (cue, value) => {
    const [place, align] = value.split(",");
    cue.snapToLines = !place.endsWith("%");
    cue.line = parseFloat(place);
    if (align) cue.lineAlign = align;
  },
};

// Tells `tick` while time goes on, `ready` when there is something to play, `fault` when it cannot be played.
export class Player extends EventTarget {
  #video;
  #track;
  #shown = new Map();
  #address = "";

  span = null; // `{start, end}` of the cue that is to be played over and over.

  constructor(video, language) {
    super();
    this.#video = video;
    this.#track = video.addTextTrack("subtitles", language, language);
    this.#track.mode = "showing";
    const tick = () => {
      this.#turnBack();
      this.dispatchEvent(new CustomEvent("tick"));
      if (!video.paused) requestAnimationFrame(tick);
    };
    for (const name of ["play", "seeked", "pause"]) video.addEventListener(name, tick);
    video.addEventListener("loadedmetadata", () => this.dispatchEvent(new CustomEvent("ready")));
    video.addEventListener("error", () => this.dispatchEvent(new CustomEvent("fault")));
  }

  get isReady() { return this.#video.readyState > 0; }
  get isPlaying() { return !this.#video.paused; }
  get time() { return this.isReady ? Math.round(this.#video.currentTime * 1000) : null; }

  open(file) {
    if (this.#address) URL.revokeObjectURL(this.#address);
    this.#address = URL.createObjectURL(file);
    this.#video.src = this.#address;
  }

  // A little later, since browsers keep the cue that ends at this very moment.
  seek(ms) {
    if (this.isReady) this.#video.currentTime = Math.max(0, Math.min((ms + 0.4) / 1000, this.#video.duration || Infinity));
  }

  toggle() {
    if (this.isPlaying) return this.#video.pause();
    this.#turnBack();
    return this.#video.play().catch(() => {});
  }

  set rate(rate) { this.#video.playbackRate = rate; }

  #turnBack() {
    if (this.span && this.isPlaying && this.time >= this.span.end) this.seek(this.span.start);
  }

  // Shows a cue as it is now; what is gone, no more. A change is a new cue, since browsers draw a changed one late.
  show(cue) {
    const old = this.#shown.get(cue.key);
    const looks = `${cue.gone} ${cue.start} ${cue.end} ${cue.settings} ${cue.text}`;
    if (old?.looks === looks) return;
    if (old) this.#track.removeCue(old.made);
    this.#shown.delete(cue.key);
    if (cue.block || cue.gone || cue.end <= cue.start) return;
    const made = new VTTCue(cue.start / 1000, cue.end / 1000, cue.text);
    for (const setting of cue.settings.split(/\s+/)) {
      const [name, value] = setting.split(":");
      try {
        if (value) SETTINGS[name]?.(made, value);
      } catch {
        // What a browser does not know, a viewer's passes over too.
      }
    }
    this.#track.addCue(made);
    this.#shown.set(cue.key, { made, looks });
  }
}
