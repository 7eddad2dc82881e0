"""The table over real tags, against what a person who knows Danbooru would say of more than three hundred of them."""

import csv
import random

import pytest

import resources
from studio.core.errors import UserError
from studio.core.labels import CLOSED, LABEL_FIELDS, SUGGESTED, known
from studio.core.tag_names import folded, spelled
from studio.core.tag_table import OTHER, categories, category_of, labels_of, parse_table, shipped_table
from studio.miniature.world_scene import ANGLES, CAMERAS, FRAMINGS, TAGS

CATEGORIES = {
    "quality": "masterpiece, best quality, absurdres, highres, score_7, very aesthetic",
    "rating": "safe, sensitive, nsfw, explicit",
    "year": "newest, recent, old",
    "count": "1girl, 1boy, solo, 2girls, 3girls, multiple girls, multiple boys, no humans, multiple views, 6+girls",
    "hair colour": "blonde hair, black hair, brown hair, light brown hair, blue hair, pink hair, white hair, grey hair, "
                   "aqua hair, purple hair, green hair, red hair, orange hair, multicolored hair, two-tone hair, "
                   "gradient hair, streaked hair, colored inner hair",
    "hairstyle": "short hair, medium hair, long hair, very long hair, twintails, low twintails, side ponytail, ponytail, "
                 "braid, twin braids, single braid, french braid, crown braid, double bun, hair bun, one side up, "
                 "two side up, drill hair, wavy hair, curly hair, straight hair, messy hair, ahoge, hair intakes, "
                 "sidelocks, hair between eyes, hair over one eye, hime cut, bob cut, hair rings, hair flaps, half updo, "
                 "low ponytail, high ponytail, floating hair, wet hair, spiked hair, hair over shoulder",
    "bangs": "blunt bangs, parted bangs, swept bangs, crossed bangs, asymmetrical bangs, short bangs, braided bangs",
    "ornament": "ribbon, hair ribbon, red ribbon, blue ribbon, hair bow, black bow, hair ornament, hairclip, hairpin, "
                "hair flower, scrunchie, hair scrunchie, hairband, headband, hair bobbles, hair tubes, tiara, crown, "
                "star hair ornament, x hair ornament, maid headdress, head wreath, veil, neck ribbon",
    "eyes": "blue eyes, red eyes, green eyes, brown eyes, purple eyes, yellow eyes, pink eyes, aqua eyes, orange eyes, "
            "grey eyes, black eyes, heterochromia, slit pupils, heart-shaped pupils, tsurime, tareme, empty eyes, "
            "multicolored eyes, symbol-shaped pupils",
    "face": "mole under eye, freckles, fang, thick eyebrows, scar on face, facial mark, makeup, tongue out, teeth, tears",
    "body": "breasts, medium breasts, collarbone, navel, midriff, bare shoulders, bare legs, barefoot, dark skin, tattoo, "
            "thighs, armpits, zettai ryouiki, nail polish",
    "nonhuman": "animal ears, cat ears, fox ears, rabbit ears, horse ears, tail, cat tail, fox tail, horns, wings, "
                "angel wings, pointy ears, halo, elf, dragon horns, demon girl, animal ear fluff",
    "outfit": "school uniform, serafuku, sailor collar, pleated skirt, white shirt, collared shirt, dress, red dress, "
              "hoodie, green hoodie, kimono, yukata, swimsuit, bikini, school swimsuit, one-piece swimsuit, armor, maid, "
              "apron, thighhighs, black thighhighs, pantyhose, socks, kneehighs, jacket, cardigan, sweater, vest, cape, "
              "jeans, shorts, pants, long sleeves, short sleeves, detached sleeves, puffy sleeves, wide sleeves, "
              "sleeveless, frills, hakama, leotard, bodysuit, playboy bunny, china dress, raincoat, pajamas, "
              "sleeves past wrists, off shoulder, crop top, capelet, japanese clothes, gym uniform, lab coat",
    "accessory": "hat, beret, witch hat, glasses, sunglasses, earrings, necklace, choker, black choker, necktie, bowtie, "
                 "scarf, gloves, white gloves, elbow gloves, bracelet, ring, belt, backpack, boots, shoes, high heels, "
                 "black footwear, headphones, eyepatch, mask, jewelry, hood, wrist cuffs, thigh strap, neckerchief",
    "expression": "smile, open mouth, closed mouth, closed eyes, blush, frown, angry, sad, crying, surprised, grin, pout, "
                  "one eye closed, :d, :o, ^_^, >_<, expressionless, smirk, embarrassed, parted lips, half-closed eyes, "
                  "clenched teeth, sweatdrop, light smile, laughing, scared, wavy mouth, :3",
    "gaze": "looking at viewer, looking back, looking away, looking to the side, looking down, looking up, facing away, "
            "facing viewer, head tilt, sideways glance",
    "pose": "standing, sitting, lying, kneeling, squatting, walking, running, jumping, arms up, arm up, hand on own hip, "
            "hands on own hips, arms behind back, arms behind head, crossed arms, leaning forward, outstretched arms, "
            "spread arms, v, double v, waving, salute, pointing, hand up, hands up, all fours, on back, on stomach, "
            "wariza, seiza, crossed legs, knees up, standing on one leg, bent over, arms at sides, contrapposto, "
            "holding hands, skirt hold, heart hands, hand in pocket, fighting stance, sleeping, dancing, princess carry",
    "angle": "from behind, from side, profile, straight-on, front view, three-quarter view",
    "camera": "from above, from below, dutch angle, pov, depth of field, blurry background, fisheye, foreshortening",
    "framing": "portrait, upper body, cowboy shot, full body, close-up, wide shot, lower body, feet out of frame, "
               "head out of frame, cropped legs",
    "background": "white background, simple background, grey background, gradient background, pink background, outdoors, "
                  "indoors, sky, blue sky, cloud, night, sunset, tree, beach, ocean, forest, city, classroom, bedroom, "
                  "bed, window, cherry blossoms, snow, rain, water, flower, petals, starry sky, two-tone background",
    "object": "sword, katana, holding sword, weapon, gun, umbrella, book, holding book, phone, cup, food, bouquet, fan, "
              "microphone, guitar, cat, dog, bird, stuffed toy, balloon, wand, staff, spear, butterfly",
    "style": "monochrome, greyscale, sketch, lineart, chibi, pixel art, traditional media, realistic, flat color",
    "text": "speech bubble, english text, signature, watermark, artist name, dated, twitter username, web address",
    "meta": "commentary, translation request, alternate costume, official alternate costume, virtual youtuber, "
            "jpeg artifacts, bad id, cosplay photo",
}  # fmt: skip
SPOKEN_OF = {tag.strip(): category for category, tags in CATEGORIES.items() for tag in tags.split(",")}
NOT_REAL = ("fan", "cosplay photo")  # what a person might write, and no tag is called

DECIDED = {
    "portrait": "framing=portrait", "upper body": "framing=upper body", "cowboy shot": "framing=cowboy shot",
    "full body": "framing=full body", "wide shot": "framing=full body",
    "from behind": "angle=from behind", "from side": "angle=from side", "profile": "angle=from side",
    "straight-on": "angle=front view", "front view": "angle=front view", "facing away": "angle=from behind",
    "three-quarter view": "angle=three-quarter view", "three quarter view": "angle=three-quarter view",
    "from above": "camera=from above", "from below": "camera=from below",
    "sitting": "stance=posed, pose=sitting", "wariza": "stance=posed, pose=sitting",
    "yokozuwari": "stance=posed, pose=sitting", "indian style": "stance=posed, pose=sitting",
    "kneeling": "stance=posed, pose=kneeling", "on one knee": "stance=posed, pose=kneeling",
    "lying": "stance=posed, pose=lying", "on back": "stance=posed, pose=lying", "walking": "stance=posed, pose=walking",
    "on stomach": "stance=posed, pose=lying", "running": "stance=posed, pose=running",
    "squatting": "stance=posed, pose=squatting", "jumping": "stance=posed, pose=jumping",
    "all fours": "stance=posed, pose=all fours", "arms up": "stance=posed, pose=arms up",
    "arm up": "stance=posed, pose=arms up", "hand on own hip": "stance=posed, pose=hand on own hip",
    "hands on own hips": "stance=posed, pose=hand on own hip", "leaning forward": "stance=posed",
    "crossed arms": "stance=posed", "arms behind back": "stance=posed", "arms behind head": "stance=posed",
    "outstretched arms": "stance=posed", "leg up": "stance=posed", "v": "stance=posed", "looking back": "stance=posed",
    "standing": "pose=standing", "arms at sides": "stance=upright", "contrapposto": "stance=posed",
    "smile": "expression=smile", "light smile": "expression=smile", "open mouth": "expression=open mouth",
    ":d": "expression=open mouth", ":o": "expression=open mouth", "closed eyes": "expression=closed eyes",
    "^_^": "expression=closed eyes", "angry": "expression=angry", "annoyed": "expression=angry", "sad": "expression=sad",
    "surprised": "expression=surprised", "wide-eyed": "expression=surprised", "blush": "expression=blush",
    "frown": "expression=frown", "grin": "expression=grin", "pout": "expression=pout", "crying": "expression=crying",
    "expressionless": "expression=neutral", "one eye closed": "expression=wink", "smirk": "expression=smug",
    "school uniform": "outfit=school uniform", "serafuku": "outfit=school uniform", "gakuran": "outfit=school uniform",
    "swimsuit": "outfit=swimsuit", "bikini": "outfit=swimsuit", "school swimsuit": "outfit=swimsuit",
    "one-piece swimsuit": "outfit=swimsuit", "kimono": "outfit=kimono", "yukata": "outfit=kimono", "maid": "outfit=maid",
    "furisode": "outfit=kimono", "dress": "outfit=dress", "white dress": "outfit=dress", "sundress": "outfit=dress",
    "armor": "outfit=armor", "breastplate": "outfit=armor", "hoodie": "outfit=casual", "jeans": "outfit=casual",
    "t-shirt": "outfit=casual", "playboy bunny": "outfit=playboy bunny", "china dress": "outfit=china dress",
    "raincoat": "outfit=raincoat", "pajamas": "outfit=pajamas", "leotard": "outfit=leotard",
}  # fmt: skip
UNDECIDED = (
    "looking at viewer", "facing viewer", "close-up", "lower body", "feet out of frame", "dutch angle", "pov", "solo",
    "closed mouth", "parted lips", "half-closed eyes", "holding", "skirt", "shirt", "sailor collar", "long sleeves",
    "pleated skirt", "jacket", "thighhighs", "back", "looking up", "looking down", "depth of field", "white background",
    "hat", "cape", "apron", "underwear", "1girl", "ahoge", "tears", "head tilt", "legs apart", "t-pose",
)  # fmt: skip


def said(*tags: str) -> str:
    return ", ".join(f"{field}={label.value}" for field, label in known(labels_of(tags)))


@pytest.mark.parametrize("tag", [tag for tag in SPOKEN_OF if tag not in NOT_REAL])
def test_a_real_tag_is_of_the_category_that_a_person_would_say(tag: str) -> None:
    assert category_of(tag) == SPOKEN_OF[tag]


def test_more_than_three_hundred_real_tags_are_spoken_of_here_and_each_has_its_row() -> None:
    real = {tag for tag in SPOKEN_OF if tag not in NOT_REAL}
    assert len(real) > 400
    assert {tag for tag in real if folded(tag) not in shipped_table().rows} == set()


@pytest.mark.parametrize("tag", NOT_REAL)
def test_a_word_that_is_no_tag_is_of_no_category(tag: str) -> None:
    assert category_of(tag) == OTHER


@pytest.mark.parametrize("tag", DECIDED)
def test_a_tag_decides_the_labels_that_it_speaks_of_and_no_others(tag: str) -> None:
    assert said(tag) == DECIDED[tag]


@pytest.mark.parametrize("tag", UNDECIDED)
def test_a_tag_that_leaves_every_label_open_decides_none(tag: str) -> None:
    assert category_of(tag) != OTHER and said(tag) == ""


def test_every_guess_says_that_it_is_one() -> None:
    assert {label.origin for _, label in known(labels_of(DECIDED))} == {"guess"}


@pytest.mark.parametrize("tags, expected", [
    (("standing", "arms up"), "stance=posed, pose=arms up"),
    (("sitting", "arms up"), "stance=posed, pose=sitting"),
    (("standing", "arms at sides"), "stance=upright, pose=standing"),
    (("standing", "arms at sides", "leg up"), "stance=posed, pose=standing"),
    (("standing", "looking at viewer"), "pose=standing"),
    (("sitting", "kneeling"), "stance=posed"),
    (("upper body", "full body"), ""), (("from behind", "from side"), ""), (("from above", "from below"), ""),
    (("full body", "from behind", "looking back"), "framing=full body, angle=from behind, stance=posed"),
    (("from side", "facing away"), "angle=from side"), (("profile", "from behind"), "angle=from behind"),
    (("smile", "blush"), "expression=smile"), (("smile", "open mouth", "blush"), "expression=open mouth"),
    (("open mouth", "closed eyes"), ""), (("open mouth", "angry"), "expression=angry"), (("angry", "sad"), ""),
    (("hoodie", "school uniform"), "outfit=school uniform"), (("dress", "maid", "apron"), "outfit=maid"),
    (("kimono", "swimsuit"), ""), (("dress", "hoodie"), ""),
])  # fmt: skip
def test_of_several_tags_the_weightier_is_heard_and_a_contradiction_is_unknown(tags: tuple[str, ...],
                                                                               expected: str) -> None:
    assert said(*tags) == expected
    assert said(*reversed(tags)) == expected


@pytest.mark.parametrize("several", ["2girls", "multiple girls", "multiple views", "reference sheet", "comic", "2boys"])
def test_of_several_figures_only_the_picture_as_a_whole_is_known(several: str) -> None:
    assert said(several, "sitting", "from behind", "smile", "full body", "from above") == (
        "framing=full body, camera=from above")


def test_a_tag_is_found_in_every_spelling() -> None:
    assert category_of("Side_Ponytail") == category_of("side ponytail") == "hairstyle"
    assert said("FROM_BEHIND") == "angle=from behind"


@pytest.mark.parametrize("tag, category", [
    ("lavender hair", "hairstyle"), ("checkered kimono", "outfit"), ("bone earrings", "accessory"),
    ("moss background", "background"), ("owl hair ornament", "ornament"), ("owl ears", "nonhuman"),
    ("knee focus", "framing"), ("hatsune miku", OTHER), ("hair", OTHER),
])  # fmt: skip
def test_a_tag_without_a_row_is_told_by_its_ending(tag: str, category: str) -> None:
    assert category_of(tag) == category


def test_every_tag_of_the_practice_world_is_known() -> None:
    assert [tag for tag in TAGS if category_of(tag) == OTHER] == []


@pytest.mark.parametrize("field, words", [("framing", FRAMINGS), ("angle", ANGLES), ("camera", CAMERAS[1:])])
def test_the_practice_world_means_by_its_words_what_the_labels_mean(field: str, words: tuple[str, ...]) -> None:
    assert [getattr(labels_of([word]), field).value for word in words] == list(words)


def test_no_closed_label_is_given_a_word_that_it_does_not_have() -> None:
    for field, words in CLOSED.items():
        assert {word for name, word in decided() if name == field} <= set(words)


def test_a_free_label_has_a_usual_word_or_one_that_stands_in_the_table_too() -> None:
    free = [(field, word) for field, word in decided() if field not in CLOSED]
    strange = {word for field, word in free if word not in SUGGESTED[field] and category_of(word) == OTHER}
    assert strange == {"wink"}


def test_every_word_that_the_closed_labels_have_can_be_guessed() -> None:
    for field in ("framing", "angle", "stance"):
        assert {word for name, word in decided() if name == field} == set(CLOSED[field])


def test_rows_are_spelled_as_captions_spell_them_and_in_small_letters() -> None:
    with resources.folder("tags", "tags.csv").open(encoding="utf-8", newline="") as file:
        tags = [row["tag"] for row in csv.DictReader(file)]
    assert len(tags) == len(set(tags)) > 1500
    assert [tag for tag in tags if tag != spelled(tag) or tag != tag.lower()] == []


def test_categories_stand_in_the_order_of_a_caption() -> None:
    assert categories()[:4] == ("quality", "rating", "year", "count") and categories()[-1] == OTHER
    assert set(CATEGORIES) | {OTHER} == set(categories())


def test_contradictions_never_depend_on_the_order_of_the_tags() -> None:
    rng, tags = random.Random(3), [row for row in rows() if shipped_table().rows[row].labels]
    for _ in range(300):
        some = rng.sample(tags, 5)
        assert labels_of(some) == labels_of(rng.sample(some, 5))


@pytest.mark.parametrize("text, problem", [
    ("tag,category,labels,rank\nsmile,x,,\nSmile,y,,\n", "'Smile' stands there twice"),
    ("tag,category,labels,rank\nback,x,angle=rear,\n", "There is no angle called 'rear'"),
    ("tag,category,labels,rank\nback,x,view=rear,\n", "There is no label called 'view'"),
    ("tag,kind\n", "is damaged"), ("tag,category,labels,rank\nsmile,x\n", "is damaged"), ("", "is damaged"),
])
def test_a_table_with_a_mistake_is_refused_with_its_place(text: str, problem: str) -> None:
    with pytest.raises(UserError, match=problem):
        parse_table(text)


def rows() -> list[str]:
    return list(shipped_table().rows)


def decided() -> set[tuple[str, str]]:
    every = [*shipped_table().rows.values(), *shipped_table().endings.values()]
    pairs = {pair for facts in every for pair in facts.labels}
    assert {field for field, _ in pairs} <= set(LABEL_FIELDS)
    return pairs
