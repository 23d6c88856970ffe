import type { Category } from './lexicon-categories.ts';

/** Whole words, lower case, separated by blanks. Word-bounded by construction: "rapid" never matches "api". */
export const lexiconWords = {
  hedge:
    'may might perhaps likely possibly probably maybe seemingly apparently presumably arguably potentially roughly somewhat seems appears suggests tends',
  contraction:
    "don't doesn't didn't can't couldn't won't wouldn't shouldn't isn't aren't wasn't weren't hasn't haven't hadn't i'm i've i'll i'd you're you've you'll you'd he's she's it's we're we've we'll they're they've they'll that's there's here's what's who's where's how's let's ain't y'all gonna wanna gotta kinda sorta dunno lemme gimme",
  slang:
    'lol lmao omg wow yeah yep yup nah nope hey haha hahaha hehe ugh ooh oops yay dude bro guys cool awesome stuff crap damn heck btw idk tbh imo imho ok okay hmm huh aw aww meh whoa yo sup thx pls plz u ur cuz folks totally pretty super kinda cheers mate buddy',
  connective:
    'therefore furthermore moreover consequently additionally thus hence accordingly subsequently nevertheless nonetheless notwithstanding whereas wherein thereby thereof herein pursuant regarding concerning respectively namely likewise similarly conversely',
  contrast:
    'however although though yet nevertheless nonetheless whereas conversely despite notwithstanding albeit',
  orderFirst: 'first firstly begin start',
  orderMiddle: 'second secondly third thirdly fourth then next afterwards afterward subsequently',
  orderLast: 'finally lastly last',
  option: 'alternatively alternately',
  optionNoun:
    'option options idea ideas possibilities alternatives ways approaches suggestions angles directions',
  secondPerson: "you your yours yourself yourselves you're you've you'll you'd",
  firstPerson: "i me my mine myself i'm i've i'll i'd we us our ours",
  sensory:
    'bright brilliant dim dark gleaming glittering shimmering sparkling glowing golden silver silvery crimson scarlet emerald azure amber ivory ebony pale misty foggy hazy smoky dusty rusty shadowy moonlit sunlit starlit velvet silken silky smooth rough coarse jagged prickly fuzzy fluffy sticky slick slippery damp wet dripping soaked crisp crunchy crackling rustling whispering murmuring humming buzzing roaring thundering booming echoing hissing sizzling creaking clattering shrill hushed silent fragrant perfumed pungent musty acrid sweet bitter sour salty spicy savory tangy smoldering blazing scorching searing icy frosty freezing chilly frigid warm cool cold hot humid breezy windswept weathered gnarled crooked towering sprawling winding tangled twisted hollow fleeting molten liquid tender soft gentle heavy weightless',
  technical:
    'api apis algorithm algorithms array arrays async backend bandwidth binary boolean byte bytes cache caching callback cli codebase codec compile compiler concurrency config configuration cpu css csv daemon database databases dataset debug debugger deploy deployment dependency dependencies dns docker encryption endpoint endpoints firewall frontend git github gpu graphql hash hashing heap html http https ide int ip iterate iteration java javascript json jwt kubernetes latency linux localhost login malloc metadata middleware mutex namespace neural node npm null numpy oauth opcode optimizer orm pandas parse parser pip pixel plugin postgres proxy python recursion recursive redis refactor regex repo runtime rust sdk sdk server servers software sorting sql ssh ssl stack stderr stdout stdin struct subnet subprocess syntax tcp tensor timeout tls tuple typescript udp unicode unix url urls username utf webhook websocket xml yaml authentication authorization bytecode checksum containerized coroutine cron deserialize executable factorial firmware hyperparameter idempotent linter microservice microservices mutable parsing polymorphism rollback sandbox scalability semaphore serialization sharding throughput traceback unittest vulnerability',
  technicalLoose:
    'buffer bit bug class classes cloud cluster code commit container containers exception dictionary function functions framework gradient handler implementation index instance instances interface integer kernel library libraries loop loops matrix memory method methods module modules object objects operator package packages parameter parameters pipeline pointer pointers port process protocol query queries queue regression registry repository request requests response rest router schema script scripts shell socket sort string strings terminal thread threads token tokens transaction tree template transformer variable variables vector vectors virtual workflow inheritance decorator lambda data',
  positive:
    'good great excellent wonderful amazing fantastic love loved lovely happy glad delighted enjoy enjoyed beautiful brilliant best perfect awesome impressive superb terrific thrilled proud grateful thank thanks congratulations congrats pleased joy joyful fun nice pleasant charming outstanding remarkable success successful elegant recommend hooray favorite favourite exciting excited',
  negative:
    'bad terrible awful horrible poor poorly worst worse hate hated dislike disappointing disappointed annoying useless wrong broken failure fails failed flawed boring ugly stupid ridiculous lacking lacks weak sloppy confusing misleading mediocre unacceptable unconvincing unreliable problematic frustrating waste wasted inferior inadequate shallow dull clumsy incoherent disgusting pathetic overpriced careless pointless',
  reason: 'because since therefore lacks lacking fails without missing due hence reason reasons never',
  proSide:
    'advantage advantages benefit benefits pro pros upside upsides strength strengths supporters proponents advocates gain gains merit merits',
  conSide:
    'disadvantage disadvantages drawback drawbacks con cons downside downsides weakness weaknesses critics opponents skeptics risk risks cost costs loss losses',
  bothSides: 'both others depends balance tradeoff tradeoffs compromise either',
  backReference:
    'it that those these this them they one ones another other also instead same again earlier previous previously before above former latter already else too still',
  deferral: 'well hmm um uh so sure certainly absolutely thanks hello hi hey sorry honestly interesting',
  roleLabel:
    'user assistant human bot ai gpt chatgpt system instruction input output response answer question prompt completion teacher student tutor persuader persuadee speaker customer agent therapist seeker supporter observation function_call',
  refusal:
    "cannot can't unable unwilling won't illegal unethical harmful harm dangerous unsafe inappropriate decline",
  narrative:
    'said asked replied whispered shouted cried laughed smiled turned walked looked once upon suddenly castle king queen prince princess forest dragon sword',
} satisfies Partial<Record<Category, string>>;

/** Phrases of two to four words, separated by bars. `0` stands for any number. */
export const lexiconPhrases = {
  hedge: 'sort of|kind of|more or less|tends to|tend to|seem to|appear to|it is possible|it depends',
  connective:
    'in addition|as a result|in conclusion|with respect to|in accordance with|for this reason|in order to|due to',
  contrast:
    'on the other hand|even though|even so|in contrast|by contrast|that said|at the same time|on the contrary|having said that',
  orderFirst: 'to begin with|first of all|start by|begin by|start with|begin with',
  orderMiddle: 'after that|once done|from there|and then|followed by',
  orderLast: 'in the end|at last|as a final step|last of all',
  step: 'step 0|step one|step two|step three|step four',
  option:
    'what if|could also|might also|one option|another option|one idea|another idea|another possibility|one possibility|one approach|another approach|one way|another way|or you could|or maybe|how about|you could also|a third option|or perhaps|option 0|option a|option b|option c|idea 0',
  validation:
    "that sounds|you are not alone|you're not alone|not alone|it makes sense|makes sense that|i hear you|i understand how|your feelings are|feelings are valid|completely valid|i am sorry|i'm sorry|so sorry|sorry to hear|sorry you|proud of you|it is okay|it's okay|that must|here for you|understandable that|it is understandable|it's understandable|completely understandable|you deserve|be gentle with|be kind to yourself|believe in you|must be hard|must feel|it is normal to|it's normal to|thank you for sharing|takes courage|you matter",
  simile: 'like a|like an|like the|as if|as though|reminiscent of',
  bothSides:
    'on the one hand|on one hand|both sides|some people|some argue|others argue|pros and cons|it depends|trade off|trade offs',
  deferral:
    'great question|good question|let me|let us|i think|i guess|thank you|of course|it depends|before i|to be honest|i am not sure|as an ai',
  backReference:
    'you said|you mentioned|as you|the first one|the second one|what about|how about|and the|go back|like you said|in that case',
  refusal:
    "i cannot|i can't|i won't|not able to|not comfortable|i am not able|i'm not able|against the law|seek help|not appropriate|not something i can",
  narrative: 'once upon a|there was a|there lived|a long time ago|years ago|one day',
} satisfies Partial<Record<Category, string>>;
