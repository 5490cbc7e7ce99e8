"""What do users type for a command, an option or a format, by the habits of other tools?"""

__all__ = ["CHOICES", "FLAGS", "FORMATS", "MEANT", "NEAR", "OPTIONS", "PICTURES", "SAID"]

MEANT = {"rf": "analyze", "hdc": "hdc-check", "analyse": "analyze"}
"""Words that are taken for a command."""
NEAR = {
    **dict.fromkeys(("summary", "info", "show", "table", "layers", "inspect"), "analyze"),
    **dict.fromkeys(("draw", "plot", "mask", "image", "picture", "visualize"), "heatmap"),
    **dict.fromkeys(("figure", "fig", "map", "visualise", "view", "png", "pdf"), "heatmap"),
    **dict.fromkeys(("connections", "connection", "diagram"), "heatmap NET --connections"),
    **dict.fromkeys(("docs", "doc", "manual", "man", "tutorial", "faq", "glossary"), "--help"),
    **dict.fromkeys(("notebook", "lesson", "learn", "quickstart", "demo"), "--help"),
    **dict.fromkeys(("html", "page"), "report"),
    **dict.fromkeys(("diff", "vs"), "compare"),
    **dict.fromkeys(("lint", "test", "gate", "ci", "assert"), "check"),
    **dict.fromkeys(("repair", "degrid"), "fix"),
    **dict.fromkeys(("import", "load"), "convert"),
    **dict.fromkeys(("models", "networks"), "zoo"),
    **dict.fromkeys(("halo", "tiles", "tiling", "overlap"), "tile"),
    **dict.fromkeys(("latency", "streaming", "buffer", "buffers"), "stream"),
    **dict.fromkeys(("suggest", "search"), "design"),
    **dict.fromkeys(("operators", "layers-list"), "ops"),
    **dict.fromkeys(("code", "error", "codes"), "explain"),
    **dict.fromkeys(("prove", "run", "backend"), "verify"),
    **dict.fromkeys(("dot", "mermaid"), "graph"),
    **dict.fromkeys(("save", "npy"), "export"),
    **dict.fromkeys(("derive", "derivation", "formula"), "analyze --derive"),
    **dict.fromkeys(("calculator", "calculate", "calc", "compute"), "analyze --derive"),
    **dict.fromkeys(("animate", "animation", "gif"), "heatmap NET -o field.gif"),
    **dict.fromkeys(("receptive-field", "field", "gridding", "stages"), "analyze"),
    **dict.fromkeys(("dilation", "dilations", "schedule", "rates", "check-hdc"), "hdc-check"),
    **dict.fromkeys(("list", "architectures", "examples"), "zoo"),
    **dict.fromkeys(("web", "site", "gui", "serve"), "report"),
    **dict.fromkeys(("new", "init", "template"), "convert k3,k3d2 -o net.yaml"),
    **dict.fromkeys(("effective", "gradient", "gradients"), "erf"),
    **dict.fromkeys(("causal", "lookahead", "look-ahead"), "stream"),
    **dict.fromkeys(("anchors", "objects", "coverage"), "fit"),
    **dict.fromkeys(("center", "centre", "pixel", "cell"), "where"),
    **dict.fromkeys(("baseline", "gates"), "check --update-baseline"),
    **dict.fromkeys(("config", "configure", "settings", "pyproject"), "check"),
    **dict.fromkeys(("completion", "completions", "autocomplete"), "--install-completion"),
    **dict.fromkeys(("why", "what", "meaning"), "explain"),
    **dict.fromkeys(("lattice", "holes", "sublattices"), "analyze"),
    **dict.fromkeys(("flops", "macs", "params", "parameters", "cost"), "analyze"),
}
"""Words that are near a command, which is named and not run."""
FORMATS = {"md": "markdown", "tex": "latex", "text": "table", "txt": "table"}
FLAGS = {"json", "csv", "markdown", "md", "latex", "tex", "table", "mermaid", "dot", "sarif"}
OPTIONS = {
    **dict.fromkeys(
        ("--input-size", "--input-shape", "--shape", "--image-size", "--image"), "--input"
    ),
    **dict.fromkeys(("--out", "--outfile", "--output-file", "--save", "--file"), "-o FILE"),
    **dict.fromkeys(("--node", "--target", "--module"), "--layer"),
    **dict.fromkeys(("--var", "--param"), "--set"),
    **dict.fromkeys(("--junitxml", "--junit-xml", "--xml"), "--format junit -o FILE.xml"),
    **dict.fromkeys(("--colormap", "--colourmap", "--palette"), "--cmap"),
    **dict.fromkeys(("--colors", "--colours"), "--cmap"),
    **dict.fromkeys(("--resolution", "--ppi"), "--dpi"),
    **dict.fromkeys(("--workers", "--parallel", "--processes", "--threads"), "--jobs"),
    **dict.fromkeys(("--log", "--log-scale", "--logscale"), "--scale log"),
    **dict.fromkeys(("--linear",), "--scale linear"),
    **dict.fromkeys(("--silent",), "--quiet"),
    **dict.fromkeys(("--position", "--pixel", "--pos", "--point", "--coords", "--cell"), "--at"),
    **dict.fromkeys(("--coord", "--coordinate", "--coordinates", "--index", "--xy"), "--at"),
    **dict.fromkeys(("--objects", "--labels", "--boxes", "--anchors", "--coco", "--gt"), "--sizes"),
    **dict.fromkeys(("--yolo", "--annotations", "--targets"), "--sizes"),
    **dict.fromkeys(("--checkpoint", "--ckpt", "--state-dict", "--pretrained"), "--weights"),
    **dict.fromkeys(("--num-samples", "--n-samples"), "--samples"),
    **dict.fromkeys(("--width", "--figsize"), "--size INCHES"),
    **dict.fromkeys(("--no-title", "--no-legend", "--paper", "--minimal"), "--bare"),
    **dict.fromkeys(("--chunk", "--chunk-size", "--hop", "--block", "--step"), "--frame"),
    **dict.fromkeys(("--fps", "--frame-rate", "--framerate"), "--rate"),
    **dict.fromkeys(("--fs", "--sr", "--hz", "--sample-rate", "--sampling-rate"), "--rate"),
    **dict.fromkeys(("--vram", "--memory", "--max-memory", "--budget"), "--max-pixels"),
    **dict.fromkeys(("--gpu", "--gpu-memory", "--ram"), "--max-pixels"),
    **dict.fromkeys(("--num-layers", "--n-layers", "--nlayers", "--depth"), "--layers"),
    **dict.fromkeys(("--steps", "--explain", "--why", "--formula"), "--derive"),
    **dict.fromkeys(("--draw", "--plot", "--ascii"), "--show"),
    **dict.fromkeys(("--verbose", "--full"), "--all"),
    **dict.fromkeys(("--size", "--img-size", "--imgsz", "--resolution", "-i"), "--input"),
    **dict.fromkeys(("--1d", "--2d", "--3d", "--ndim", "-d"), "--dims N"),
    **dict.fromkeys(("-O", "--to", "--dest"), "-o FILE"),
    **dict.fromkeys(("-l", "-n"), "--layer"),
    **dict.fromkeys(("--output-format", "--reporter", "--report"), "--format"),
    **dict.fromkeys(("--min-receptive-field", "--min-field", "--rf"), "--min-rf N"),
    **dict.fromkeys(("--receptive-field", "--field"), "--min-rf N"),
    **dict.fromkeys(("--max-receptive-field", "--max-field"), "--max-rf N"),
    **dict.fromkeys(("--panels", "--every-layer", "--layers"), "--all-layers"),
    **dict.fromkeys(("--torch", "--pytorch"), "--backend torch"),
    **dict.fromkeys(("--onnx",), "--backend onnx"),
    **dict.fromkeys(("--keras", "--tensorflow"), "--backend keras"),
    **dict.fromkeys(("--k", "--kernel-size", "--kernel_size", "--ksize", "--kernels"), "--kernel"),
    **dict.fromkeys(("-j",), "--format json"),
}
CHOICES = {
    **dict.fromkeys(("density", "sampled", "pixels", "holes", "binary", "field", "rf"), "mask"),
    **dict.fromkeys(("count", "counts", "path", "path-counts", "paths-count"), "paths"),
    **dict.fromkeys(("energy", "effective", "gradient", "gradients", "expected"), "erf"),
    **dict.fromkeys(("pytorch", "pt"), "torch"),
    **dict.fromkeys(("tensorflow", "tf"), "keras"),
    **dict.fromkeys(("onnxruntime", "ort"), "onnx"),
    **dict.fromkeys(("np",), "numpy"),
}
"""Words that stand for a choice of an option, which is named and not taken."""
SAID: tuple[tuple[tuple[str, ...], str, str], ...] = (
    (
        ("--dilation", "--dilations", "--dilation-rates", "--rates", "--rate", "-d"),
        "--strict",
        "the dilations stand alone: rfcalc hdc-check 1,2,5",
    ),
    (("--dilation", "--dilations", "--rates"), "--input", "a chain says them: k3,k3d2,k3d5"),
    (
        ("--sort", "--sort-by", "--order"),
        "--columns",
        "rows stand as the layers do; --format csv gives them to what sorts",
    ),
    (
        ("--width", "--wide", "--max-width", "--cols"),
        "--derive",
        "a table is as wide as the terminal; --columns chooses, and a file is not cut",
    ),
    (
        ("--precision", "--digits", "--decimals", "--round"),
        "--columns",
        "tables round; --format json has every digit",
    ),
    (
        ("--interactive", "--html", "--browser", "--web"),
        "--own-scale",
        "a page to click through is another command: rfcalc report NET -o page.html",
    ),
    (
        ("--legend", "--no-axes", "--no-ticks", "--colorbar", "--no-colorbar"),
        "--bare",
        "--bare omits heading, legend and notes",
    ),
    (
        ("--open", "--browser", "--view", "--theme", "--dark", "--light"),
        "--image",
        "the page is one file to open in a browser, light or dark as that is",
    ),
    (
        ("--tol", "--tolerance", "--atol", "--rtol", "--eps"),
        "--positions",
        "masks and path counts are compared exactly, without a tolerance",
    ),
    (("--samples", "--trials", "--runs"), "--seed", "did you mean --positions?"),
    (
        ("--target", "--field", "--receptive-field", "--goal"),
        "--at-least",
        "did you mean --rf?",
    ),
    (
        ("--dims", "--ndim", "--2d", "--1d", "--3d"),
        "--at-least",
        "a schedule is of one axis, and holds on each",
    ),
    (
        ("--dry-run", "--dryrun", "--check", "--diff"),
        "--keep-layers",
        "nothing is written without -o FILE: the change is shown",
    ),
    (
        ("-i", "--in-place", "--inplace", "--write", "-w", "--overwrite"),
        "--keep-layers",
        "-o FILE names what is written, which may be the file itself",
    ),
    (
        ("--align", "--alignment", "--divisor", "--multiple"),
        "--halo",
        "the alignment follows from the strides, and is in the answer",
    ),
    (
        ("--recursive", "-r", "--glob", "--pattern", "--include", "--ext"),
        "--timeout",
        "all below the folder is scanned; a text file with a network per line chooses",
    ),
    (
        ("-k", "--kernel", "--kernels", "--kernel-size", "--padding", "--dilation-rate"),
        "--input",
        "a chain or a file says it of each layer: k3,k3d2p0,k5s2pcausal",
    ),
    (
        ("--stride", "--strides", "--groups", "-s"),
        "--derive",
        "a chain or a file says it of each layer: k3s2,k3d2p0",
    ),
    (
        ("--contour", "--contours", "--profile", "--profiles", "--box"),
        "--own-scale",
        "--what erf draws box, contours and profiles",
    ),
    (
        (
            "--xlabel",
            "--ylabel",
            "--xlabels",
            "--axis-label",
            "--unit",
            "--units",
            "--time",
            "--ms",
        ),
        "--own-scale",
        "axes are named by --layout and, with --rate, by milliseconds",
    ),
    (
        ("--vmax", "--vmin", "--norm", "--clim"),
        "--own-scale",
        "--scale says linear or log; --own-scale: each network to its own maximum",
    ),
    (
        ("--caption", "--label", "--panel-label", "--subtitle"),
        "--letters",
        "--letters puts (a), (b) on panels, --title TEXT a heading",
    ),
    (
        ("--fix", "--repair", "--autofix"),
        "--no-config",
        "another command does: rfcalc fix NET -o fixed.yaml",
    ),
    (
        ("--max-params", "--max-parameters", "--max-macs", "--max-flops", "--max-size"),
        "--no-config",
        "no gate; rfcalc analyze NET --format json has parameters and macs",
    ),
    (
        ("--batch", "--batch-size", "--weight", "--blend", "--mode"),
        "--halo",
        "a plan is of one image; batches and blending are the caller's",
    ),
    (
        ("--dtype", "--precision", "--fp16", "--float16", "--half"),
        "--frame",
        "bytes follow the model's own type; a file without one has cells alone",
    ),
    (
        ("--overlap", "--pad", "--margin", "--monai", "--nnunet", "--dask"),
        "--halo",
        "the answer has the overlap in the words of tools; --halo tries another",
    ),
    (
        ("--window", "--window-size", "--patch", "--patch-size", "--roi", "--roi-size", "--crop"),
        "--halo",
        "--tile N is the window without its halo; the answer has both",
    ),
    (
        ("--stride", "--tile-overlap", "--tile-size"),
        "--halo",
        "the answer has window, stride and overlap; --tile N sets the step",
    ),
    (
        ("--latency", "--delay", "--look-back", "--look-ahead", "--buffer", "--buffers"),
        "--frame",
        "the answer has look-back, look-ahead, latency and buffers of each layer",
    ),
    (
        ("--max-latency", "--max-look-ahead", "--max-look-back"),
        "--frame",
        "a limit is a gate: rfcalc check NET --max-latency N",
    ),
    (
        ("--exclude", "--select", "--skip", "--ignore-code", "--allow"),
        "--no-config",
        "pyproject.toml says it: ignore = [..] in [tool.rfcalc], with a reason",
    ),
    (
        ("--exit-zero", "--warn-only"),
        "--no-config",
        "a baseline accepts what is known: --baseline FILE --update-baseline",
    ),
    (
        ("--font", "--font-size", "--fontsize", "--style", "--usetex"),
        "--bare",
        "-o FILE.pgf is set in the fonts of the document",
    ),
    (
        ("--plot", "--draw", "--show", "--picture", "--explain", "--why"),
        "--strict",
        "the rules have their values, and the sampled offsets are drawn below",
    ),
    (
        ("--terminal", "--ascii", "--text", "--print", "--show"),
        "--own-scale",
        "without -o FILE it is drawn in the terminal",
    ),
    (
        ("--config", "--ignore"),
        "--no-config",
        "pyproject.toml says it, in [tool.rfcalc]: docs/how-to/ci.md",
    ),
    (
        ("--strict", "--fail-on", "--fail", "--error-on", "--werror"),
        "--no-gridding",
        "each gate is an option: --no-gridding, --no-holes, --hdc, --min-rf N",
    ),
    (
        ("--verbose", "--debug"),
        "--quiet",
        "all is printed unless --quiet is given; --format json has what tables omit",
    ),
    (("--color", "--colour"), "--quiet", "colour goes by the terminal; --no-color leaves it away"),
    (("--causal",), "--frame", "a layer says it: k3pcausal in a chain, padding: causal in a file"),
    (
        ("--parallel", "--workers", "--jobs", "--threads"),
        "--no-config",
        "one process judges all; models below a folder: rfcalc scan DIR --jobs N",
    ),
)
"""Options that no option replaces, another one of the commands that are meant, what is said."""
PICTURES = {"pdf", "png", "svg", "gif", "apng", "eps", "pgf", "html"}
"""Formats that the suffix of a file says, not an option."""
