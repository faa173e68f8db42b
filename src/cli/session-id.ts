import { randomInt } from 'node:crypto';

const ADJECTIVES =
  'able airy amber ample apt arctic azure balmy bold brave breezy bright brisk bronze calm candid cheery chief civil clear clever copper coral cosy crisp deft eager early easy fair famed fleet fond frank fresh gentle giddy glad golden good grand green happy hardy hazel honest humble jade jolly keen kind lemon light lively loyal lucid lucky lunar mellow merry mild misty modest neat nimble noble olive opal patient placid plucky polite prime proud quick quiet rapid ready regal robust rosy royal ruby rustic safe sandy serene sharp shiny silver sleek smart smooth snowy snug solar solid spry stable stark steady sturdy sunny sure swift tidy true trusty velvet vivid warm wise witty young zesty'.split(
    ' ',
  );

const ANIMALS =
  'alpaca ant badger bat bear beaver bee beetle bison bobcat buffalo bunny camel canary cat cheetah chick cobra condor cow crab crane cricket crow deer dingo dolphin donkey dove dragon duck eagle eel elk emu falcon ferret finch firefly fish fox frog gazelle gecko gibbon giraffe goat goose gopher gull hamster hare hawk hedgehog heron hippo horse hound ibex ibis iguana jackal jaguar jay kestrel kitten kiwi koala lark lemur leopard lion lizard llama lobster lynx macaw magpie mantis marmot marten mole moose moth mouse mule newt ocelot octopus orca osprey otter owl oyster panda parrot pelican penguin pigeon pony puffin puma quail rabbit raccoon ram raven robin salmon seal shark sheep shrimp skunk sloth snail sparrow spider squid stork swallow swan tiger toad toucan trout turtle viper walrus weasel whale wolf wombat wren yak zebra'.split(
    ' ',
  );

/** After this many ids in one run, ids get a third word: two alone would soon be used up. */
const SHORT_IDS = 64;
let made = 0;

/** A random id that is short and easy to say: `brave-otter`. The store asks again for one that is taken. */
export function newSessionId(): string {
  return made++ < SHORT_IDS ? drawn(ADJECTIVES, ANIMALS) : newLongSessionId();
}

/** One for a store that holds more sessions than there are short ids: `brave-gentle-otter`. */
export function newLongSessionId(): string {
  return drawn(ADJECTIVES, ADJECTIVES, ANIMALS);
}

function drawn(...lists: readonly (readonly string[])[]): string {
  return lists.map((list) => list[randomInt(list.length)]).join('-');
}
