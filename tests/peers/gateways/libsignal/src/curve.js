exports.generateKeyPair=exports.calculateSignature=exports.verifySignature=()=>{throw new Error("stub")};
