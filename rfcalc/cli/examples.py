"""Which lines show what a command is for? Two or three each, the plainest first."""

__all__ = ["EXAMPLES"]

EXAMPLES: dict[str, tuple[str, ...]] = {
    "analyze": (
        "rfcalc analyze k3,k3d2,k3d5",
        "rfcalc analyze zoo:deeplabv3-resnet50 --input 513,513",
        "rfcalc analyze torchvision.models:resnet18 --input 1,3,224,224",
    ),
    "hdc-check": (
        "rfcalc hdc-check 1,2,5",
        "rfcalc hdc-check 2,4,8 --kernel 5 --suggest",
    ),
    "heatmap": (
        "rfcalc heatmap k3,k3d2,k3d9",
        "rfcalc heatmap zoo:unet --what paths -o paths.png",
        "rfcalc heatmap k3d2,k3d2,k3d2 --stage 1 -o stage.svg",
    ),
    "growth": (
        "rfcalc growth k3,k3s2,k3d2",
        "rfcalc growth zoo:vgg16 zoo:resnet50 -o growth.png",
    ),
    "graph": (
        "rfcalc graph zoo:unet -o unet.mmd",
        "rfcalc graph zoo:aspp-module --every",
    ),
    "report": (
        "rfcalc report k3,k3d2,k3d9 -o report.html",
        "rfcalc report zoo:unet zoo:pspnet --input 256,256 -o nets.html",
    ),
    "convert": (
        "rfcalc convert model.onnx -o net.yaml",
        "rfcalc convert torchvision.models:vgg16 --input 1,3,224,224 --no-pointwise",
    ),
    "export": (
        "rfcalc export k3,k3d2 -o mask.npy",
        "rfcalc export zoo:unet --input 572,572 --at 0,0 --what paths -o paths.npz",
    ),
    "verify": (
        "rfcalc verify k3,k3d2 --input 32,32",
        "rfcalc verify models:net --input 1,3,64,64 --backend torch",
    ),
    "compare": (
        "rfcalc compare k3,k3d2,k3d5 k3,k3d2,k3d4",
        "rfcalc compare zoo:resnet18 zoo:resnet34 --all",
    ),
    "check": (
        "rfcalc check zoo:unet --no-gridding",
        "rfcalc check k3,k3d2 k3,k3d3 --min-rf 7 -o junit.xml",
    ),
    "scan": (
        "rfcalc scan models -o results.jsonl",
        "rfcalc scan nets.txt -o results.jsonl --jobs 2 --timeout 30",
    ),
    "zoo": ("rfcalc zoo", "rfcalc zoo unet -o unet.yaml"),
    "design": (
        "rfcalc design 65",
        "rfcalc design --layers 4 --rf 41 --prefer small-dilations",
        "rfcalc design --rf 512 --at-least --kernel 2 --causal",
    ),
    "fix": (
        "rfcalc fix k3d2,k3d4,k3d6",
        "rfcalc fix net.yaml -o fixed.yaml",
        "rfcalc fix net.yaml --rf 400 --max-cost 120%",
    ),
    "erf": (
        "rfcalc erf torchvision.models:resnet18 --weights resnet18.safetensors --input 1,3,512,512",
        "rfcalc erf net:make --weights net.pt --images photos --input 1,3,512,512 -o field.png",
        "rfcalc erf zoo:unet zoo:enet -o expected.pdf",
    ),
    "where": (
        "rfcalc where zoo:vgg16",
        "rfcalc where zoo:resnet50 --at 10,12",
        "rfcalc where k3,k3s2 --input 32,32 --pixel 7,9 --layer conv2 -o reached.png",
    ),
    "tile": (
        "rfcalc tile zoo:unet-same",
        "rfcalc tile zoo:edsr --whole 5000,3000 --tile 256 --effect 0.1%",
        "rfcalc tile zoo:unet --input 1024,1024 --tile 512",
    ),
    "stream": (
        "rfcalc stream zoo:wavenet --rate 16000",
        "rfcalc stream k3pcausal,k3d2pcausal --dims 1",
    ),
    "sizes": ("rfcalc sizes zoo:unet", "rfcalc sizes zoo:unet --input 572,572"),
    "fit": (
        "rfcalc fit zoo:unet --sizes 12,30,96,300",
        "rfcalc fit net.yaml --sizes instances_val2017.json --resize short:800,1333 --share 95%",
        "rfcalc fit model.onnx --sizes labels --image 720,1280 --resize letterbox:640,640",
    ),
    "ops": ("rfcalc ops torch", "rfcalc ops onnx pool"),
    "schema": ("rfcalc schema", "rfcalc schema -o network.schema.json"),
    "explain": ("rfcalc explain RG101", "rfcalc explain gridding", "rfcalc explain"),
}
"""Every command with its examples."""
