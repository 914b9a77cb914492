"""What OpenGL computes for each vertex and each pixel of a person and of the wall behind."""

VERTEX = """
#version 330
in vec3 place; in vec3 normal; in vec2 texture_place; in float skull;
uniform mat4 camera; uniform mat3 turn; uniform vec3 pivot; uniform vec3 shift;
out vec3 across; out vec2 at; out vec3 world;
void main() {
    vec3 turned = turn * (place - pivot) + pivot + shift;
    world = mix(place, turned, skull);
    across = mix(normal, turn * normal, skull);
    at = texture_place;
    gl_Position = camera * vec4(world, 1.0);
}
"""

FRAGMENT = """
#version 330
in vec3 across; in vec2 at; in vec3 world;
uniform sampler2D picture;
uniform vec3 eye, tint, key, key_colour, fill, fill_colour, sky, ground;
uniform float least_alpha, softness, shine, gloss, cave, cave_depth;
out vec4 shown;
void main() {
    vec4 base = texture(picture, at);
    if (base.a < least_alpha) discard;
    vec3 towards = normalize(eye - world);
    vec3 n = normalize(across);
    if (dot(n, towards) < 0.0) n = -n;
    vec3 albedo = pow(clamp(base.rgb * tint, 0.0, 1.0), vec3(2.2));
    vec3 wrap = softness * vec3(0.40, 0.20, 0.13);
    vec3 lit = key_colour * clamp((dot(n, key) + wrap) / (1.0 + wrap), 0.0, 1.0)
             + fill_colour * clamp((dot(n, fill) + wrap) / (1.0 + wrap), 0.0, 1.0)
             + mix(ground, sky, n.y * 0.5 + 0.5);
    vec3 colour = albedo * lit;
    vec3 middle = normalize(key + towards);
    float edge = pow(1.0 - max(dot(n, towards), 0.0), 5.0);
    colour += shine * key_colour * pow(max(dot(n, middle), 0.0), gloss) * max(dot(n, key), 0.0);
    colour += shine * 0.5 * edge * sky;
    colour *= mix(1.0, clamp(0.5 + (world.z - cave_depth) * 1.6, 0.08, 1.0), cave);
    colour = colour / (1.0 + 0.2 * colour);
    shown = vec4(pow(clamp(colour, 0.0, 1.0), vec3(1.0 / 2.2)), base.a);
}
"""

WALL_VERTEX = """
#version 330
in vec2 corner; out vec2 at;
void main() { at = corner * 0.5 + 0.5; gl_Position = vec4(corner, 0.99999, 1.0); }
"""

WALL_FRAGMENT = """
#version 330
in vec2 at; uniform sampler2D picture; out vec4 shown;
void main() { shown = texture(picture, at); }
"""
