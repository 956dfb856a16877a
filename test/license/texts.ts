// The beginnings and the telling lines of license texts, as vendors publish them; the bodies are left out.

export const MIT = `MIT License

Copyright (c) 2024 Somebody

Permission is hereby granted, free of charge, to any person obtaining a copy
of this software and associated documentation files (the "Software"), to deal
in the Software without restriction, including without limitation the rights
to use, copy, modify, merge, publish, distribute, sublicense, and/or sell
copies of the Software, and to permit persons to whom the Software is
furnished to do so, subject to the following conditions: ...
THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND ... DEALINGS IN THE SOFTWARE.
`;

const BSD = `Redistribution and use in source and binary forms, with or without
modification, are permitted provided that the following conditions are met:
1. Redistributions of source code must retain the above copyright notice ...
2. Redistributions in binary form must reproduce the above copyright notice ...`;

const llama = (version: string, date: string) =>
  `LLAMA ${version} COMMUNITY LICENSE AGREEMENT\nLlama ${version} Version Release Date: ${date}\n\n“Agreement” means the terms and conditions for use, reproduction, distribution and modification of the\nLlama Materials set forth herein. ...`;

/** By the id of the license. */
export const TEXTS: Readonly<Record<string, string>> = {
  mit: MIT,
  "apache-2.0": `                                 Apache License
                           Version 2.0, January 2004
                        http://www.apache.org/licenses/

   TERMS AND CONDITIONS FOR USE, REPRODUCTION, AND DISTRIBUTION ...`,
  "bsd-2-clause": `BSD 2-Clause License\n\n${BSD}`,
  "bsd-3-clause": `${BSD}
3. Neither the name of the copyright holder nor the names of its contributors may be used to endorse or promote
   products derived from this software without specific prior written permission.`,
  "gpl-3.0": `                    GNU GENERAL PUBLIC LICENSE
                       Version 3, 29 June 2007
 ... 13. Use with the GNU Affero General Public License. ... TERMS AND CONDITIONS`,
  "lgpl-3.0": `                   GNU LESSER GENERAL PUBLIC LICENSE
                       Version 3, 29 June 2007
  This version of the GNU Lesser General Public License incorporates
the terms and conditions of version 3 of the GNU General Public License ...`,
  "agpl-3.0": `                    GNU AFFERO GENERAL PUBLIC LICENSE
                       Version 3, 19 November 2007
 ... the GNU General Public License ... TERMS AND CONDITIONS`,
  "cc-by-4.0": `Attribution 4.0 International

=======================================================================
Creative Commons Attribution 4.0 International Public License ...`,
  "cc-by-nc-4.0": `Attribution-NonCommercial 4.0 International

Creative Commons Attribution-NonCommercial 4.0 International Public License ...`,
  "cc-by-nc-sa-4.0": `Attribution-NonCommercial-ShareAlike 4.0 International ...`,
  llama2: 'LLAMA 2 COMMUNITY LICENSE AGREEMENT\t\nLlama 2 Version Release Date: July 18, 2023\n\n"Agreement" means ...',
  llama3: "META LLAMA 3 COMMUNITY LICENSE AGREEMENT\nMeta Llama 3 Version Release Date: April 18, 2024\n...",
  "llama3.1": llama("3.1", "July 23, 2024"),
  "llama3.2": llama("3.2", "September 25, 2024"),
  // This one is Markdown.
  "llama3.3":
    '**LLAMA 3.3 COMMUNITY LICENSE AGREEMENT**\n\nLlama 3.3 Version Release Date: December 6, 2024\n\n"**Agreement**" means ...',
  llama4: "**LLAMA 4 COMMUNITY LICENSE AGREEMENT**\nLlama 4 Version Effective Date: April 5, 2025\n...",
  gemma: "# Gemma Terms of Use\n\nLast modified: March 24, 2025\n\nBy using, reproducing, ...",
  qwen: "Qwen LICENSE AGREEMENT\n\nQwen LICENSE AGREEMENT Release Date: September 19, 2024\n\nBy clicking to agree ...",
  "qwen-research":
    "Qwen RESEARCH LICENSE AGREEMENT\n\nQwen RESEARCH LICENSE AGREEMENT Release Date: September 19, 2024\n\nBy clicking ...",
  "tongyi-qianwen":
    "Tongyi Qianwen LICENSE AGREEMENT\n\nTongyi Qianwen Release Date: August 3, 2023\n\nBy clicking ...",
  "tongyi-qianwen-research":
    "Tongyi Qianwen RESEARCH LICENSE AGREEMENT\n\nTongyi Qianwen Release Date: November 30, 2023\n\nBy clicking ...",
  "deepseek-license": "DEEPSEEK LICENSE AGREEMENT\n\nVersion 1.0, 23 October 2023\n\nCopyright (c) 2023 DeepSeek\n...",
  "falcon-180b": "FALCON 180B TII LICENSE VERSION 1.0\nSeptember 2023\nfalconllm.tii.ae\n...",
  "bigscience-bloom-rail-1.0":
    "BigScience RAIL License v1.0\ndated May 19, 2022\n\nThis is a license (the “License”) ...",
  "creativeml-openrail-m": "CreativeML Open RAIL-M\ndated August 22, 2022\n\nSection I: PREAMBLE ...",
  exaone: "EXAONE AI Model License Agreement 1.1 - NC\n\nThis License Agreement ...",
  mrl: "# Mistral AI Research License\nIf You want to use a Mistral Model ... for any purpose that is not expressly authorized ...",
  "modified-mit-kimi": `Modified MIT License\n\nCopyright (c) 2025 Moonshot AI\n\n${MIT.slice(12)}\n\nOur only modification part is that, if the Software (or any derivative works\nthereof) is used for any of your commercial products ...`,
  "modified-mit-minimax": `MIT License\n\nCopyright 2025 MiniMax AI.\n\n${MIT.slice(12)}\n\nOur only modification is that, if the Software ...`,
  "tencent-hunyuan-community":
    "TENCENT HUNYUAN 3D 2.1 COMMUNITY LICENSE AGREEMENT\nTencent Hunyuan 3D 2.1 Release Date: June 13, 2025\nTHIS LICENSE AGREEMENT DOES NOT APPLY IN THE EUROPEAN UNION, UNITED KINGDOM AND SOUTH KOREA ...",
  "stabilityai-ai-community": "STABILITY AI COMMUNITY LICENSE AGREEMENT\nLast Updated: July 5, 2024\n...",
  "minimax-non-commercial":
    "MiniMax NON-COMMERCIAL LICENSE\n\nNon-commercial use permitted based on MIT-style terms ...",
};
