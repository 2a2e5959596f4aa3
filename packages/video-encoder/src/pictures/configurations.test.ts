/**
 * What a configuration says that no release with golden cases says: gates, other epsilons and activations, towers saved alone. The numbers are those of
 * transformers 5.18, in float64, of weights by a formula.
 */
import { memoryParameters } from "@foley-control/core";
import { nodeRuntime } from "@foley-control/runtime/node";
import { afterAll, expect, it } from "vitest";
import { pictureEncoder } from "./encoder.js";
import { readPictureNetwork } from "./layouts.js";

const runtime = nodeRuntime({ device: "cpu", threads: 1, worker: false });
afterAll(() => runtime.dispose());

/** A tensor of the shape, whose numbers depend on its place among all names. */
const tensor = (place: number, shape: readonly number[]) => ({
  dtype: "float32" as const,
  shape,
  data: Float32Array.from({ length: shape.reduce((size, n) => size * n, 1) }, (_, i) => 0.3 * Math.sin(0.7 * i + place)),
});

/** Names and shapes, in the order of the names. */
const CASES = [
  {
    config: { model_type: "dinov2", num_attention_heads: 2, layer_norm_eps: 0.01, use_swiglu_ffn: true },
    imageSize: [8, 12],
    tensors: [
      "embeddings.cls_token 1 1 8",
      "embeddings.mask_token 1 8",
      "embeddings.patch_embeddings.projection.bias 8",
      "embeddings.patch_embeddings.projection.weight 8 3 4 4",
      "embeddings.position_embeddings 1 5 8",
      "encoder.layer.0.attention.attention.key.bias 8",
      "encoder.layer.0.attention.attention.key.weight 8 8",
      "encoder.layer.0.attention.attention.query.bias 8",
      "encoder.layer.0.attention.attention.query.weight 8 8",
      "encoder.layer.0.attention.attention.value.bias 8",
      "encoder.layer.0.attention.attention.value.weight 8 8",
      "encoder.layer.0.attention.output.dense.bias 8",
      "encoder.layer.0.attention.output.dense.weight 8 8",
      "encoder.layer.0.layer_scale1.lambda1 8",
      "encoder.layer.0.layer_scale2.lambda1 8",
      "encoder.layer.0.mlp.weights_in.bias 32",
      "encoder.layer.0.mlp.weights_in.weight 32 8",
      "encoder.layer.0.mlp.weights_out.bias 8",
      "encoder.layer.0.mlp.weights_out.weight 8 16",
      "encoder.layer.0.norm1.bias 8",
      "encoder.layer.0.norm1.weight 8",
      "encoder.layer.0.norm2.bias 8",
      "encoder.layer.0.norm2.weight 8",
      "layernorm.bias 8",
      "layernorm.weight 8",
    ],
    pooled: [0.220007, -0.181674, -0.141846, 0.320466, 0.353701, 0.275981, 0.265768, 0.10698],
  },
  {
    config: {
      model_type: "dinov3_vit",
      num_attention_heads: 2,
      layer_norm_eps: 0.01,
      use_gated_mlp: true,
      hidden_act: "silu",
      rope_theta: 100,
    },
    imageSize: [12, 8],
    tensors: [
      "embeddings.cls_token 1 1 8",
      "embeddings.mask_token 1 1 8",
      "embeddings.patch_embeddings.bias 8",
      "embeddings.patch_embeddings.weight 8 3 4 4",
      "embeddings.register_tokens 1 1 8",
      "layer.0.attention.k_proj.weight 8 8",
      "layer.0.attention.o_proj.bias 8",
      "layer.0.attention.o_proj.weight 8 8",
      "layer.0.attention.q_proj.bias 8",
      "layer.0.attention.q_proj.weight 8 8",
      "layer.0.attention.v_proj.bias 8",
      "layer.0.attention.v_proj.weight 8 8",
      "layer.0.layer_scale1.lambda1 8",
      "layer.0.layer_scale2.lambda1 8",
      "layer.0.mlp.down_proj.bias 8",
      "layer.0.mlp.down_proj.weight 8 10",
      "layer.0.mlp.gate_proj.bias 10",
      "layer.0.mlp.gate_proj.weight 10 8",
      "layer.0.mlp.up_proj.bias 10",
      "layer.0.mlp.up_proj.weight 10 8",
      "layer.0.norm1.bias 8",
      "layer.0.norm1.weight 8",
      "layer.0.norm2.bias 8",
      "layer.0.norm2.weight 8",
      "norm.bias 8",
      "norm.weight 8",
    ],
    pooled: [-0.279322, -0.068674, 0.298339, 0.57681, 0.404087, 0.24453, 0.379634, 0.203367],
  },
  {
    config: { model_type: "siglip_vision_model", num_attention_heads: 2, layer_norm_eps: 0.01, hidden_act: "gelu" },
    imageSize: [8, 8],
    tensors: [
      "embeddings.patch_embedding.bias 8",
      "embeddings.patch_embedding.weight 8 3 4 4",
      "embeddings.position_embedding.weight 4 8",
      "encoder.layers.0.layer_norm1.bias 8",
      "encoder.layers.0.layer_norm1.weight 8",
      "encoder.layers.0.layer_norm2.bias 8",
      "encoder.layers.0.layer_norm2.weight 8",
      "encoder.layers.0.mlp.fc1.bias 10",
      "encoder.layers.0.mlp.fc1.weight 10 8",
      "encoder.layers.0.mlp.fc2.bias 8",
      "encoder.layers.0.mlp.fc2.weight 8 10",
      "encoder.layers.0.self_attn.k_proj.bias 8",
      "encoder.layers.0.self_attn.k_proj.weight 8 8",
      "encoder.layers.0.self_attn.out_proj.bias 8",
      "encoder.layers.0.self_attn.out_proj.weight 8 8",
      "encoder.layers.0.self_attn.q_proj.bias 8",
      "encoder.layers.0.self_attn.q_proj.weight 8 8",
      "encoder.layers.0.self_attn.v_proj.bias 8",
      "encoder.layers.0.self_attn.v_proj.weight 8 8",
      "head.attention.in_proj_bias 24",
      "head.attention.in_proj_weight 24 8",
      "head.attention.out_proj.bias 8",
      "head.attention.out_proj.weight 8 8",
      "head.layernorm.bias 8",
      "head.layernorm.weight 8",
      "head.mlp.fc1.bias 10",
      "head.mlp.fc1.weight 10 8",
      "head.mlp.fc2.bias 8",
      "head.mlp.fc2.weight 8 10",
      "head.probe 1 1 8",
      "post_layernorm.bias 8",
      "post_layernorm.weight 8",
    ],
    pooled: [0.687077, 0.217541, -0.35522, -0.775883, -0.853707, -0.548936, 0.007025, 0.567859],
  },
  {
    config: { model_type: "clip_vision_model", num_attention_heads: 2, layer_norm_eps: 0.01 },
    imageSize: [8, 8],
    tensors: [
      "vision_model.embeddings.class_embedding 8",
      "vision_model.embeddings.patch_embedding.weight 8 3 4 4",
      "vision_model.embeddings.position_embedding.weight 5 8",
      "vision_model.encoder.layers.0.layer_norm1.bias 8",
      "vision_model.encoder.layers.0.layer_norm1.weight 8",
      "vision_model.encoder.layers.0.layer_norm2.bias 8",
      "vision_model.encoder.layers.0.layer_norm2.weight 8",
      "vision_model.encoder.layers.0.mlp.fc1.bias 10",
      "vision_model.encoder.layers.0.mlp.fc1.weight 10 8",
      "vision_model.encoder.layers.0.mlp.fc2.bias 8",
      "vision_model.encoder.layers.0.mlp.fc2.weight 8 10",
      "vision_model.encoder.layers.0.self_attn.k_proj.bias 8",
      "vision_model.encoder.layers.0.self_attn.k_proj.weight 8 8",
      "vision_model.encoder.layers.0.self_attn.out_proj.bias 8",
      "vision_model.encoder.layers.0.self_attn.out_proj.weight 8 8",
      "vision_model.encoder.layers.0.self_attn.q_proj.bias 8",
      "vision_model.encoder.layers.0.self_attn.q_proj.weight 8 8",
      "vision_model.encoder.layers.0.self_attn.v_proj.bias 8",
      "vision_model.encoder.layers.0.self_attn.v_proj.weight 8 8",
      "vision_model.post_layernorm.bias 8",
      "vision_model.post_layernorm.weight 8",
      "vision_model.pre_layrnorm.bias 8",
      "vision_model.pre_layrnorm.weight 8",
      "visual_projection.weight 6 8",
    ],
    pooled: [-0.219649, -0.258115, -0.180721, -0.022208, 0.146274, 0.249098],
  },
] as const;

it.each(CASES)("$config", async ({ config, imageSize, tensors, pooled }) => {
  const weights = memoryParameters(
    Object.fromEntries(
      tensors.map((line, place) => {
        const [name, ...shape] = line.split(" ");
        return [name as string, tensor(place, shape.map(Number))];
      }),
    ),
  );
  const encoder = pictureEncoder({ network: readPictureNetwork(config, weights), weights, imageSize });
  const executable = await runtime.load(encoder.graph({ frames: 1 }), weights);
  const [height, width] = imageSize;
  const data = Float32Array.from({ length: 3 * height * width }, (_, i) => Math.sin(0.1 * i));
  const { tokens } = await executable.run({ pixels: { dtype: "float32", shape: [1, 1, 3, height, width], data } });
  await executable.dispose();
  const found = [...(tokens as { readonly data: Float32Array }).data];
  expect(found.length).toBe(pooled.length);
  for (const [i, value] of found.entries()) expect(value).toBeCloseTo(pooled[i] as number, 4);
});

it("refuses what bends in a way that is not known", () => {
  expect(() => readPictureNetwork({ ...CASES[3].config, hidden_act: "relu6" }, memoryParameters({}))).toThrow(
    /hidden_act "relu6"\. Networks with gelu, gelu_pytorch_tanh, quick_gelu, silu can be read/,
  );
});
